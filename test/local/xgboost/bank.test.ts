import t from 'tap';
import { train } from '../../../src/local/xgboost/booster.ts';
import { validateHyperparameters } from '../../../src/local/xgboost/hyperparameters.ts';
import { Scorer } from '../../../src/local/xgboost/scorer.ts';
import { bankDataMissing, bankSplit, permutation, TUTORIAL } from './bank-data.ts';
import { csvMatrix } from './fixtures.ts';

t.test('the split is that of pandas', async (t) => {
  t.same(permutation(41_188, 1729).slice(0, 5), [40949, 9332, 32286, 3925, 9406]);
});

t.test("the tutorial's run comes out as published", { skip: bankDataMissing }, async (t) => {
  const split = bankSplit();
  const data = csvMatrix(split.train);
  const test = csvMatrix(split.test);
  t.match([data.rows, data.columns, data.value.length, test.rows], [28_831, 59, 1_701_029, 12_357]);
  for (const seed of ['0', '1', '7']) {
    const errors: number[] = [];
    const params = validateHyperparameters({ ...TUTORIAL, seed });
    const model = train(params, data, undefined, ({ train }) => errors.push(train.get('error') as number));
    const [first, tenth, last] = [errors[0], errors[9], errors[99]] as [number, number, number];
    t.ok(Math.abs(first - 0.100482) < 0.001, `seed ${seed}: train-error ${first} at round 0`);
    t.ok(Math.abs(tenth - 0.098679) < 0.001, `seed ${seed}: train-error ${tenth} at round 9`);
    t.ok(last > 0.092 && last < 0.099, `seed ${seed}: train-error ${last} at round 99`);
    const scores = new Scorer(model).predict(test);
    const right = test.label.filter((label, r) => ((scores[r] as number) > 0.5 ? 1 : 0) === label).length / test.rows;
    t.ok(right > 0.893 && right < 0.898, `seed ${seed}: accuracy ${right}`);
  }
});
