import { s3Error } from './s3-error.ts';

const week = 7 * 24 * 60 * 60;

/** Refuses a presigned URL whose time is over. Nothing else of it is checked: signatures never are. */
export function checkExpiry(query: URLSearchParams, now = Date.now()): void {
  const lifetime = query.get('X-Amz-Expires');
  const signed = query.get('X-Amz-Date');
  if (lifetime === null || signed === null) return;
  const seconds = Number(lifetime);
  if (!(seconds >= 0 && seconds <= week)) {
    const fault = seconds > week ? `less than a week (in seconds) that is ${week}` : 'a non-negative number';
    throw s3Error('AuthorizationQueryParametersError', {}, `X-Amz-Expires must be ${fault}`);
  }
  // 20261124T181343Z, which Date.parse does not know.
  const since = Date.parse(signed.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  const expires = since + seconds * 1000;
  if (now <= expires) return;
  if (Number.isNaN(since)) {
    throw s3Error(
      'AuthorizationQueryParametersError',
      {},
      "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"",
    );
  }
  const iso = (time: number) => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
  throw s3Error(
    'AccessDenied',
    { 'X-Amz-Expires': lifetime, Expires: iso(expires), ServerTime: iso(now) },
    'Request has expired',
  );
}
