import { fileURLToPath } from 'node:url';

/** A program that keeps SageMaker's container contract: called with `train`, it finds /opt/ml under SM_PREFIX. */
export interface Command {
  command: string;
  args: string[];
}

/** Programs in place of container images, by image name; `*` stands for any characters. */
export type Images = Readonly<Record<string, Command>>;

const xgboostImage = /(?:^|\/)(?:sagemaker-)?xgboost:[\w.-]+$/;

export const isXgboostImage = (image: string) => xgboostImage.test(image);

/** The program that stands in for an image. Bound images go before the built-in ones. */
export function findCommand(image: string, images: Images): Command | undefined {
  const bound = matchImage(image, images);
  if (bound) return bound;
  return isXgboostImage(image) ? { command: process.execPath, args: [xgboostTrain] } : undefined;
}

/** TypeScript when run from the sources, JavaScript when built: whatever this file is. */
const xgboostTrain = fileURLToPath(import.meta.url).replace(/training[/\\]images(\.[tj]s)$/, 'xgboost/train$1');

/** What is bound to an image by the first pattern that fits its name. */
export const matchImage = <T>(image: string, bound: Readonly<Record<string, T>>): T | undefined =>
  Object.entries(bound).find(([pattern]) => wildcard(pattern).test(image))?.[1];

const wildcard = (pattern: string) =>
  new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
