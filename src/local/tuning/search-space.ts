import type { ParameterRanges } from '../api/sagemaker.ts';

type Scaling = 'Auto' | 'Linear' | 'Logarithmic' | 'ReverseLogarithmic';

/** One hyperparameter that is tuned. Every value has a place in [0, 1], where strategies search; `choices` are the values of a category. */
export type Dimension =
  | { name: string; choices: readonly string[] }
  | { name: string; toValue(unit: number): string; toUnit(value: string): number };

/** Values of hyperparameters by name, as a training job takes them. */
export type Values = Readonly<Record<string, string>>;

/** A range that cannot be searched; the message is for the client. */
export class RangeFault extends Error {}

/** The dimensions of a search. Throws RangeFault. */
export function searchSpace(ranges: ParameterRanges): Dimension[] {
  if (ranges.AutoParameters?.length)
    throw new RangeFault('AutoParameters are not supported by the embedded SageMaker.');
  const space: Dimension[] = [
    ...(ranges.IntegerParameterRanges ?? []).map((range) => number(range, true)),
    ...(ranges.ContinuousParameterRanges ?? []).map((range) => number(range, false)),
    ...(ranges.CategoricalParameterRanges ?? []).map(({ Name, Values }) => ({ name: Name, choices: Values })),
  ];
  if (space.length === 0) throw new RangeFault('At least one hyperparameter range must be specified.');
  const names = space.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) throw new RangeFault(`The hyperparameter [${twice}] has more than one range.`);
  return space;
}

interface NumberRange {
  Name: string;
  MinValue: string;
  MaxValue: string;
  ScalingType?: Scaling;
}

function number({ Name: name, MinValue, MaxValue, ScalingType = 'Auto' }: NumberRange, integer: boolean): Dimension {
  const [min, max] = [Number(MinValue), Number(MaxValue)];
  const isNumber = integer ? Number.isSafeInteger : Number.isFinite;
  if (MinValue.trim() === '' || MaxValue.trim() === '' || !isNumber(min) || !isNumber(max) || min > max) {
    throw new RangeFault(`The range [${MinValue}, ${MaxValue}] of the hyperparameter [${name}] is not valid.`);
  }
  const scale = scaleOf(ScalingType, min, max);
  if (!scale || (integer && ScalingType === 'ReverseLogarithmic')) {
    throw new RangeFault(
      `The scaling type ${ScalingType} cannot be used for the range [${MinValue}, ${MaxValue}] of the hyperparameter [${name}].`,
    );
  }
  // Half a step more at both ends, so that the first and the last integer have a whole share of the range.
  const half = integer ? 0.5 : 0;
  const from = scale.forward(min - half);
  const to = scale.forward(max + half);
  const clamp = (value: number) => Math.min(max, Math.max(min, value));
  return {
    name,
    toValue(unit) {
      const value = clamp(scale.back(from + unit * (to - from)));
      return String(integer ? Math.round(value) : value);
    },
    toUnit: (value) => (to === from ? 0 : (scale.forward(clamp(Number(value))) - from) / (to - from)),
  };
}

interface Scale {
  forward(value: number): number;
  back(value: number): number;
}

const linear: Scale = { forward: (value) => value, back: (value) => value };
const logarithmic: Scale = { forward: Math.log, back: Math.exp };
/** For what approaches 1, such as a momentum. */
const reverse: Scale = { forward: (value) => -Math.log(1 - value), back: (value) => 1 - Math.exp(-value) };

/** Undefined where the scale has no place for the range. Auto is logarithmic over two decades and more. */
function scaleOf(type: Scaling, min: number, max: number): Scale | undefined {
  switch (type) {
    case 'Linear':
      return linear;
    case 'Logarithmic':
      return min > 0 ? logarithmic : undefined;
    case 'ReverseLogarithmic':
      return min >= 0 && max < 1 ? reverse : undefined;
    default:
      return min > 0 && max / min >= 100 ? logarithmic : linear;
  }
}
