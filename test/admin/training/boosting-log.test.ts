import t from 'tap';
import { lastRound } from '../../../src/admin/training/boosting-log.ts';

t.test('the newest round of a log', async (t) => {
  t.strictSame(lastRound(['[0]\ttrain-error:0.100482', '[9]\ttrain-error:0.098679\tvalidation-error:0.1', 'Saving']), {
    round: 10,
    metrics: { 'train:error': 0.098679, 'validation:error': 0.1 },
  });
});

t.test('as CloudWatch shows it, with a time before it, and with names that have signs in them', async (t) => {
  t.strictSame(lastRound(['[17:06:06] [99]#011train-logloss:2.5e-01#011validation-error@0.4:0.5']), {
    round: 100,
    metrics: { 'train:logloss': 0.25, 'validation:error@0.4': 0.5 },
  });
});

t.test('a value that is no number is left out', async (t) => {
  t.strictSame(lastRound(['[3]\ttrain-auc:nan\tvalidation-auc:0.5']), { round: 4, metrics: { 'validation:auc': 0.5 } });
});

t.test('other lines tell nothing', async (t) => {
  t.equal(lastRound([]), undefined);
  t.equal(lastRound(['[2026-11-23:17:06:06:INFO] Determined 0 GPU(s) available', '[0] no metrics']), undefined);
});
