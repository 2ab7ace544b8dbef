/** A fault of the customer's hyperparameters or data: the message is what the container would report. */
export class UserError extends Error {
  override name = 'UserError';
}

/** A model file that cannot be loaded, or that asks for something this scorer does not do. */
export class ModelError extends Error {
  override name = 'ModelError';
}
