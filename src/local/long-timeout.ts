/** setTimeout wraps round after 24.8 days, of which a job may have 28. */
export function setLongTimeout(callback: () => void, seconds: number | undefined): NodeJS.Timeout | undefined {
  return seconds === undefined ? undefined : setTimeout(callback, Math.min(seconds * 1000, 2 ** 31 - 1));
}
