import { JobFailure } from '../job-failure.ts';
import { setLongTimeout } from '../long-timeout.ts';
import type { Launch } from './container-runtime.ts';
import { type Run, runContainer } from './run-container.ts';

/** What SageMaker gives a job's container between SIGTERM and SIGKILL, ms. */
const grace = 120_000;

export interface JobProgram {
  launch: Launch;
  image: string | undefined;
  /** Stands in for the container's /opt/ml. */
  prefix: string;
  words: readonly string[];
  maxRuntimeInSeconds: number | undefined;
  /** A line of its output, in which paths are the container's. */
  onLine(line: string): void;
  onStart(run: Run): void;
  /** When it has run for longer than it may. */
  onLate(): void;
}

/** Runs what stands in for a job's container. @returns its exit code @throws JobFailure when it cannot be run at all */
export async function runJob({ launch, image, prefix, words, onLine, ...job }: JobProgram): Promise<number> {
  let last = '';
  const run = runContainer(launch, {
    words,
    grace,
    onLine: (line) => {
      last = line;
      onLine(line.replaceAll(prefix, '/opt/ml'));
    },
  });
  job.onStart(run);
  const alarm = setLongTimeout(() => job.onLate(), job.maxRuntimeInSeconds);
  const code = await run.done
    .catch((error: Error) => {
      throw new JobFailure(`ClientError: The program bound to the image cannot be started: ${error.message}`);
    })
    .finally(() => clearTimeout(alarm));
  if (code !== launch.command.notRun) return code;
  throw new JobFailure(`ClientError: The image "${image}" cannot be run: ${last}`);
}
