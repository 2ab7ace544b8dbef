/** Whether an AWS endpoint can be reached: any answer says so, also the refusal of a request that nobody signed. */
export async function reach(origin: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(`${origin}/ping`, { signal, redirect: 'manual' });
  await response.body?.cancel();
}
