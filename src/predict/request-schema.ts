import Type from 'typebox';
import { PredictBody, tutorialRow } from './schemas.ts';

const bytes = (description: string, example?: string) => ({
  schema: Type.Unsafe<Buffer>({ description, ...(example === undefined ? {} : { examples: [example] }) }),
});

/** Bodies that the prediction routes take, by type. */
export const bodySchema = {
  content: {
    'application/json': { schema: PredictBody },
    'text/csv': bytes('Rows without a header, columns in the order of the model.', tutorialRow),
    'application/jsonlines': bytes('A row a line, as an array or as an object by feature name.', `[${tutorialRow}]\n`),
    'text/libsvm': bytes('A row a line, as `index:value` with ascending indices.', '0:1 1:2\n'),
    '*/*': bytes('Anything else goes to the model byte for byte, and its answer comes back the same way.'),
  },
};
