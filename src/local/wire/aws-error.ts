/** An error as AWS reports it: the protocol in use decides how it is written. Extra members (ModelError has some) travel beside the message. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  readonly members: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, status = 400, members: Record<string, unknown> = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
    this.members = members;
  }
}

/** The unmodelled error that SageMaker answers to anything wrong with a request, a missing model or endpoint included. */
export const validationException = (message: string) => new AwsError('ValidationException', message);
