import type { FastifyBaseLogger } from 'fastify';
import { epochSeconds } from '../clock.ts';
import type { Pace } from '../pace.ts';
import type { Table } from '../store/table.ts';
import { type Alarm, type AlarmState, periodOf, queriesOf, watchedId } from './alarm.ts';
import { evaluateAlarm } from './alarm-evaluation.ts';
import type { Values } from './expression.ts';
import { answerQueries } from './metric-query.ts';
import type { MetricStore } from './metric-store.ts';

/** How often an alarm is looked at, in seconds of AWS, or once in its period where that is shorter. */
const evaluationInterval = 10;

/** The alarms, evaluated over and over while the process runs. Names are told apart by their case. */
export class AlarmStore {
  readonly #table: Table<Alarm>;
  readonly #metrics: MetricStore;
  readonly #pace: Pace;
  readonly #due = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(table: Table<Alarm>, metrics: MetricStore, pace: Pace, logger: FastifyBaseLogger) {
    this.#table = table;
    this.#metrics = metrics;
    this.#pace = pace;
    const evaluate = () => void this.#evaluateDue().catch((error: Error) => logger.error(error));
    this.#timer = setInterval(evaluate, pace.glance).unref();
  }

  get(name: string): Alarm | undefined {
    return this.#table.get(name);
  }

  list(): Alarm[] {
    return [...this.#table.values()];
  }

  /** An alarm that is put again begins anew, as with AWS. */
  async put(alarm: Alarm): Promise<void> {
    this.#due.delete(alarm.AlarmName);
    await this.#table.set(alarm.AlarmName, alarm);
  }

  async delete(name: string): Promise<void> {
    this.#due.delete(name);
    await this.#table.delete(name);
  }

  async setState(alarm: Alarm, state: AlarmState, reason: string, data?: string): Promise<void> {
    const now = epochSeconds();
    const { StateReasonData: _, ...rest } = alarm;
    const next: Alarm = {
      ...rest,
      StateValue: state,
      StateReason: reason.slice(0, 1023),
      ...(data !== undefined && { StateReasonData: data }),
      StateUpdatedTimestamp: now,
      ...(state !== alarm.StateValue && { StateTransitionedTimestamp: now }),
    };
    // What was set by hand stands until the next evaluation, a whole interval from now.
    this.#due.set(alarm.AlarmName, this.#nextLook(alarm));
    await this.#table.set(alarm.AlarmName, next);
  }

  /** The newest value of what an alarm watches. */
  latest(alarm: Alarm): number | undefined {
    return this.#values(alarm, Date.now(), 1)[0];
  }

  firstInAlarm(names: readonly string[]): string | undefined {
    return names.find((name) => this.#table.get(name)?.StateValue === 'ALARM');
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #evaluateDue(): Promise<void> {
    const now = Date.now();
    for (const alarm of [...this.#table.values()]) {
      if ((this.#due.get(alarm.AlarmName) ?? 0) > now) continue;
      this.#due.set(alarm.AlarmName, this.#nextLook(alarm));
      const { state, reason } = evaluateAlarm(alarm, this.#values(alarm, now, alarm.EvaluationPeriods));
      if (state !== alarm.StateValue) await this.setState(alarm, state, reason);
    }
  }

  /** A value for each of the last periods, the newest first. */
  #values(alarm: Alarm, now: number, periods: number): Values {
    const length = this.#pace.ms(periodOf(alarm));
    const windows = Array.from({ length: periods }, (_, at) => ({
      from: now - (at + 1) * length,
      to: now - at * length,
    }));
    const queries = queriesOf(alarm);
    return answerQueries(queries, this.#metrics, windows).get(watchedId(queries)) ?? [];
  }

  #nextLook(alarm: Alarm): number {
    return Date.now() + this.#pace.ms(Math.min(evaluationInterval, periodOf(alarm)));
  }
}
