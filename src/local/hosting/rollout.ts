import { setTimeout as sleep } from 'node:timers/promises';
import { epochSeconds } from '../clock.ts';
import type { Pace } from '../pace.ts';
import type { Deployment } from './deployment.ts';
import type { RolloutProgress } from './endpoint.ts';
import type { RolloutSchedule } from './rollout-schedule.ts';
import type { Traffic } from './traffic.ts';

/** The alarms of CloudWatch, as far as an update needs them. */
export interface Alarms {
  /** The first of these that is in ALARM, if any. */
  firstInAlarm(names: readonly string[]): string | undefined;
}

interface Rollout {
  traffic: Traffic;
  next: Deployment;
  schedule: RolloutSchedule;
  /** Where it stands: at its beginning, or where a process that is no more has left it. Times in epoch seconds. */
  progress: RolloutProgress;
  alarms: Alarms;
  pace: Pace;
  /** Aborted when the process ends; the rollout goes on at the next start. */
  signal: AbortSignal;
  /** Writes down where it stands. */
  save(progress: RolloutProgress): Promise<void>;
}

/** Why an update is taken back, in words for FailureReason. */
export class Rollback extends Error {
  override readonly name = 'Rollback';
}

/**
 * Moves the traffic to `next` step by step, with a rest after each in which an alarm may take it all back.
 * @throws Rollback when an alarm is in ALARM, or it takes too long
 */
export async function rollOut(rollout: Rollout): Promise<void> {
  const { traffic, next, schedule, progress, save } = rollout;
  for (const [at, { share, waitSeconds }] of schedule.steps.entries()) {
    if (at < progress.step) continue;
    const stepSince = at === progress.step ? progress.stepSince : epochSeconds();
    const here = { ...progress, step: at, share, stepSince };
    check(rollout);
    await save({ ...here, stage: 'ActivatingTraffic' });
    if (share === 1 && schedule.rolling) {
      const previous = traffic.main;
      traffic.settle(next);
      await previous.retire();
    } else {
      traffic.shift(next, share);
    }
    await save({ ...here, stage: 'Baking' });
    await watch(rollout, stepSince, waitSeconds);
    if (at === schedule.steps.length - 1) {
      await watch(rollout, stepSince, waitSeconds + schedule.terminationWaitSeconds);
    }
  }
}

/** Waits until so long after `since`, with an eye on alarms and clock. */
async function watch(rollout: Rollout, since: number, seconds: number): Promise<void> {
  const { pace, signal } = rollout;
  const end = since * 1000 + pace.ms(seconds);
  for (;;) {
    check(rollout);
    const left = end - Date.now();
    if (left <= 0) return;
    await sleep(Math.min(left, pace.glance), undefined, { signal });
  }
}

function check({ schedule, progress, alarms, pace, signal }: Rollout): void {
  signal.throwIfAborted();
  const alarm = alarms.firstInAlarm(schedule.alarms);
  if (alarm !== undefined) {
    throw new Rollback(`The deployment was rolled back because the CloudWatch alarm "${alarm}" is in the ALARM state.`);
  }
  if (Date.now() > progress.since * 1000 + pace.ms(schedule.timeoutSeconds)) {
    throw new Rollback(
      `The deployment was rolled back because it did not complete within ${schedule.timeoutSeconds} seconds (MaximumExecutionTimeoutInSeconds).`,
    );
  }
}
