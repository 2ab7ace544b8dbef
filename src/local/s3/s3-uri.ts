/** `s3://bucket/key`, or the https address that SageMaker takes too: `https://s3.<region>.amazonaws.com/bucket/key`. */
export function parseS3Uri(uri: string): { bucket: string; key: string } {
  const { groups } = /^(?:s3:\/\/|https:\/\/[^/]+\/)(?<bucket>[^/]+)\/?(?<key>.*)$/s.exec(uri) ?? {};
  return { bucket: groups?.bucket ?? '', key: groups?.key ?? '' };
}
