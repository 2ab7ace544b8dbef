/** Now, in epoch seconds with milliseconds as fraction: how AwsJson1.1 writes a timestamp. */
export const epochSeconds = () => Date.now() / 1000;
