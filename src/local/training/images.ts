import { fileURLToPath } from 'node:url';

/** A program that keeps SageMaker's container contract: called with `train` or `serve`, it finds /opt/ml under SM_PREFIX. */
export interface Command {
  command: string;
  args: readonly string[];
  /** What SIGKILL of the program does not reach. */
  kill?(): void;
  /** Exit code that says that the image could not be run at all; the last line of the output says why. */
  notRun?: number;
}

/** Programs in place of container images, by image name, with `*` for any characters: a line for the shell, or its parts. */
export type Images = Readonly<Record<string, string | Command>>;

const xgboostImage = /(?:^|\/)(?:sagemaker-)?xgboost:[\w.-]+$/;

export const isXgboostImage = (image: string) => xgboostImage.test(image);

/** The program bound to an image. */
export function boundCommand(image: string, images: Images): Command | undefined {
  const bound = matchImage(image, images);
  // The shell gives its place to the program, which so gets the signals, and gets the arguments after its own.
  return typeof bound === 'string' ? { command: '/bin/sh', args: ['-c', `exec ${bound} "$@"`, 'sh'] } : bound;
}

/**
 * The trainer of the built-in algorithm: TypeScript when run from the sources, JavaScript when built, whatever this file is. In a bundle it is part
 * of a file at the top.
 */
export const xgboostTrainer: Command = {
  command: process.execPath,
  args: [
    fileURLToPath(import.meta.url).replace(
      /(?:training[/\\]images|[^/\\]+)(\.[tj]s)$/,
      (file, extension) => `${file.startsWith('training') ? '' : 'local/'}xgboost/train${extension}`,
    ),
  ],
};

/** What is bound to an image by the first pattern that fits its name. */
export const matchImage = <T>(image: string, bound: Readonly<Record<string, T>>): T | undefined =>
  Object.entries(bound).find(([pattern]) => wildcard(pattern).test(image))?.[1];

const wildcard = (pattern: string) =>
  new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
