import type { Fault } from '../faults/fault.ts';

/** An accepted InvokeEndpointAsync as it waits, on the disk: a copy of all that it needs. */
export interface AsyncInvocation {
  /** Its own, because nothing keeps a client from giving the same InferenceId twice. */
  id: string;
  inferenceId: string;
  endpoint: string;
  contentType: string;
  accept: string;
  customAttributes?: string;
  /** s3:// address of the input, or the input itself in base64. */
  input: { location: string } | { inline: string };
  /** s3:// addresses; without a failure path a failure leaves no trace, as with AWS. */
  outputLocation: string;
  failureLocation?: string;
  /** Epoch milliseconds; one that was not begun by then is not begun any more. */
  expires: number;
  /** What the model has for it, ms. */
  timeoutMs: number;
  faults: Fault[];
}
