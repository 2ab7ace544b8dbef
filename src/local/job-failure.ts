/** Fails a job, with this reason. */
export class JobFailure extends Error {}

/** Why a job that was running when the process ended has failed, in SageMaker's words. */
export const lostJob = 'InternalServerError: We encountered an internal error. Please try again.';

/** Of a job whose image nothing stands in for. */
export const noProgram = (image: string): JobFailure =>
  new JobFailure(`ClientError: No program is bound to the image "${image}", and no Docker engine answers.`);

/** The FailureReason of a job that ended with an error: what is none of the job's own fault is SageMaker's. */
export const reasonOf = (error: unknown): string =>
  error instanceof JobFailure ? error.message : `InternalServerError: ${(error as Error).message}`;
