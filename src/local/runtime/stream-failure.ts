export type StreamErrorCode = 'StreamBroken' | 'ModelInvocationTimeExceeded' | 'InternalStreamFailure';

/** Why a response stream ends before its end. A model server may throw it to choose; any other error is a broken stream. */
export class StreamFailure extends Error {
  override readonly name = 'StreamFailure';
  readonly errorCode: StreamErrorCode;

  constructor(errorCode: StreamErrorCode, message: string) {
    super(message);
    this.errorCode = errorCode;
  }
}
