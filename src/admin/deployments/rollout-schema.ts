import Type, { type Static } from 'typebox';
import { defaulted } from '../resource-schema.ts';

const RollBack = Type.Object(
  {
    maxErrorPercent: defaulted(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 100,
        default: 5,
        description:
          'Share of the calls to the new version that may fail, over what failed before. Measured by the gateway on the calls that pass it.',
      }),
    ),
    maxLatencyMs: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, description: 'A call that SageMaker takes longer for counts as failed, ms.' }),
    ),
    minCalls: defaulted(
      Type.Integer({ minimum: 5, default: 50, description: 'Calls in a minute below which nothing is concluded.' }),
    ),
    alarms: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 255 }), {
        maxItems: 9,
        description: 'CloudWatch alarms that roll back when one of them rings.',
      }),
    ),
  },
  { default: {}, additionalProperties: false, description: 'When to go back to the version before.' },
);

/** How a new version takes the place of the live one. */
export const Rollout = Type.Object(
  {
    strategy: Type.Optional(
      Type.Enum(['all-at-once', 'canary', 'linear', 'rolling', 'split', 'shadow'], {
        description:
          'Without it: canary, or rolling for an inference component, for which SageMaker has this and all-at-once only. New instances get all calls at once, first a share, or share by share; `rolling` replaces the instances batch by batch, without a second fleet. `split` keeps both versions with their shares, and `shadow` gives the new one copies of calls only, until the rollout is promoted or aborted.',
      }),
    ),
    percent: defaulted(
      Type.Integer({
        minimum: 1,
        maximum: 99,
        default: 10,
        description:
          'Share of the calls: of the canary (at most 50), of each linear step (10–50), of each batch of a rolling one (5–50), of a split or shadow.',
      }),
    ),
    intervalSeconds: defaulted(
      Type.Integer({ minimum: 0, maximum: 3600, default: 60, description: 'How long each share is watched.' }),
    ),
    bakeSeconds: defaulted(
      Type.Integer({
        minimum: 0,
        maximum: 3600,
        default: 60,
        description:
          'How long the old instances stay after all calls go to the new ones. Of an inference component nothing stays.',
      }),
    ),
    rollback: defaulted(RollBack),
  },
  { additionalProperties: false, default: {} },
);
export type Rollout = Static<typeof Rollout>;

/** What is to be done, with what the hosting of the version decides where nothing was said. */
export type RolloutOrder = Rollout & Required<Pick<Rollout, 'strategy'>>;

export const orderOf = (
  { strategy, ...rollout }: Rollout,
  { inferenceComponent }: { readonly inferenceComponent?: unknown },
): RolloutOrder => ({
  ...rollout,
  strategy: strategy ?? (inferenceComponent === undefined ? 'canary' : 'rolling'),
});

const Time = Type.String({ format: 'date-time' });

export const RolloutStatus = Type.Object(
  {
    version: Type.String({ description: 'Version that is to be live.' }),
    previous: Type.String({ description: 'Version that was live before.' }),
    strategy: Type.String(),
    percent: Type.Integer(),
    state: Type.Enum(['Starting', 'InProgress', 'Holding', 'Completed', 'RolledBack', 'Failed'], {
      description: '`Holding` waits to be promoted or aborted.',
    }),
    reason: Type.Optional(Type.String({ description: 'Why it was rolled back, or failed.' })),
    startedAt: Time,
    endedAt: Type.Optional(Time),
  },
  { $id: 'RolloutStatus', description: 'A new version on its way over the live one.' },
);
export type RolloutStatus = Static<typeof RolloutStatus>;
