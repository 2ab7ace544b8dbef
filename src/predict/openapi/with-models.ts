import type { CallableModel } from '../model.ts';
import { modelOperation, type Operation } from './model-operation.ts';

/** What is used of an OpenAPI document. */
export interface OpenapiDocument {
  readonly paths?: Readonly<Record<string, { readonly post?: Operation } | undefined>>;
}

/** The document with a path for each model, in front of the one for any model. */
export function withModels<Document extends OpenapiDocument>(
  document: Document,
  models: readonly CallableModel[],
): Document {
  const anyModel = document.paths?.['/predict/{model}']?.post;
  if (anyModel === undefined) return document;
  const own = models.map((model) => [`/predict/${model.name}`, { post: modelOperation(anyModel, model) }]);
  return { ...document, paths: { ...Object.fromEntries(own), ...document.paths } };
}
