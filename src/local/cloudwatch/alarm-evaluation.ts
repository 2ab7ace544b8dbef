import type { Alarm, AlarmState } from './alarm.ts';
import type { Values } from './expression.ts';

const breaches: Record<Alarm['ComparisonOperator'], (value: number, threshold: number) => boolean> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

const words: Record<Alarm['ComparisonOperator'], string> = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  GreaterThanThreshold: 'greater than',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
};

/**
 * The state that the last values of an alarm's metric give it, the newest first. Missing ones are told apart as CloudWatch does: where they are
 * neither good nor bad, data points that breach make an alarm when the oldest of them is so old that none better can have come since.
 */
export function evaluateAlarm(alarm: Alarm, values: Values): { state: AlarmState; reason: string } {
  const { Threshold, ComparisonOperator, EvaluationPeriods, TreatMissingData = 'missing' } = alarm;
  const needed = alarm.DatapointsToAlarm ?? EvaluationPeriods;
  const verdicts = values.map((value) => {
    if (value !== undefined) return breaches[ComparisonOperator](value, Threshold);
    return TreatMissingData === 'breaching' ? true : TreatMissingData === 'notBreaching' ? false : undefined;
  });
  const bad = verdicts.filter((verdict) => verdict === true).length;
  const good = verdicts.filter((verdict) => verdict === false).length;
  if (bad + good === 0) {
    const state = TreatMissingData === 'ignore' ? alarm.StateValue : 'INSUFFICIENT_DATA';
    return { state, reason: 'Insufficient Data: no datapoints were received.' };
  }
  const premature = good === 0 && verdicts.lastIndexOf(true) >= needed - 1;
  const alarmed = bad >= needed || premature;
  return { state: alarmed ? 'ALARM' : 'OK', reason: reasonOf(alarm, values, alarmed ? bad : good, alarmed) };
}

function reasonOf(alarm: Alarm, values: Values, count: number, alarmed: boolean): string {
  const { Threshold, ComparisonOperator, EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods } = alarm;
  const shown = values.filter((value) => value !== undefined).slice(0, 5);
  const least = alarmed
    ? `minimum ${DatapointsToAlarm} datapoints for OK -> ALARM transition`
    : 'ALARM -> OK transition';
  const verb = alarmed ? 'were' : 'were not';
  return `Threshold Crossed: ${count} out of the last ${EvaluationPeriods} datapoints [${shown.join(', ')}] ${verb} ${words[ComparisonOperator]} the threshold (${Threshold}) (${least}).`;
}
