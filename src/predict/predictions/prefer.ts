/** Whether `Prefer: respond-async` (RFC 7240) is among the preferences of a request. */
export const prefersAsync = (prefer: string | string[] | undefined): boolean =>
  String(prefer ?? '')
    .split(/[,;]/)
    .some((preference) => preference.trim().toLowerCase() === 'respond-async');
