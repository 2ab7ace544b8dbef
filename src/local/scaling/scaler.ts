import { randomUUID } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import { epochSeconds } from '../clock.ts';
import type { Alarm } from '../cloudwatch/alarm.ts';
import type { AlarmStore } from '../cloudwatch/alarm-store.ts';
import type { Pace } from '../pace.ts';
import type { Table } from '../store/table.ts';
import { capacityOf } from './capacity.ts';
import { type Address, type Capacities, scalableResource } from './scalable-resource.ts';
import { type ScalableTarget, type ScalingActivity, type ScalingPolicy, targetKey } from './scalable-target.ts';

interface ScalerServices extends Capacities {
  targets: Table<ScalableTarget>;
  policies: Table<ScalingPolicy>;
  activities: Table<ScalingActivity>;
  alarms: AlarmStore;
  pace: Pace;
  logger: FastifyBaseLogger;
}

/** Seconds of AWS between two looks at the alarms of the policies. */
const interval = 10;

/** Carries out scaling policies: while an alarm that names one is in ALARM, and the cooldown is over, the capacity is set anew. */
export class Scaler {
  readonly #services: ScalerServices;
  readonly #timer: NodeJS.Timeout;

  constructor(services: ScalerServices) {
    this.#services = services;
    const scale = () => void this.#scale().catch((error: Error) => services.logger.error(error));
    this.#timer = setInterval(scale, Math.max(20, services.pace.ms(interval))).unref();
  }

  get targets(): Table<ScalableTarget> {
    return this.#services.targets;
  }

  get policies(): Table<ScalingPolicy> {
    return this.#services.policies;
  }

  get activities(): Table<ScalingActivity> {
    return this.#services.activities;
  }

  /** What a target is to have; undefined when what it names is not in service. */
  capacity(target: Address): number | undefined {
    return scalableResource(target).capacity(this.#services);
  }

  /** Brings a target to a capacity and notes why. */
  async set(target: ScalableTarget, capacity: number, cause: string): Promise<void> {
    const { activities } = this.#services;
    const current = this.capacity(target);
    if (current === undefined || current === capacity) return;
    const StartTime = epochSeconds();
    const resource = scalableResource(target);
    await resource.set(this.#services, capacity);
    const goal = `desired ${resource.unit} count to ${capacity}`;
    const { ServiceNamespace, ResourceId, ScalableDimension } = target;
    const ActivityId = randomUUID();
    await activities.set(ActivityId, {
      ActivityId,
      ServiceNamespace,
      ResourceId,
      ScalableDimension,
      Description: `Setting ${goal}.`,
      Cause: cause,
      StartTime,
      EndTime: epochSeconds(),
      StatusCode: 'Successful',
      StatusMessage: `Successfully set ${goal}. Change successfully fulfilled by sagemaker.`,
      change: [current, capacity],
    });
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #scale(): Promise<void> {
    const { policies, alarms } = this.#services;
    if (policies.size === 0) return;
    const ringing = alarms.list().filter(({ StateValue, ActionsEnabled }) => StateValue === 'ALARM' && ActionsEnabled);
    for (const policy of policies.values()) {
      const alarm = ringing.find(({ AlarmActions }) => AlarmActions?.includes(policy.PolicyARN));
      if (alarm) await this.#carryOut(policy, alarm);
    }
  }

  async #carryOut(policy: ScalingPolicy, alarm: Alarm): Promise<void> {
    const target = this.#services.targets.get(targetKey(policy));
    const current = target && this.capacity(target);
    if (!target || current === undefined) return;
    const value = this.#services.alarms.latest(alarm);
    const asked = value === undefined ? current : capacityOf(policy, current, value - (alarm.Threshold ?? 0), value);
    const capacity = Math.min(target.MaxCapacity, Math.max(target.MinCapacity, asked));
    const { DynamicScalingOutSuspended, DynamicScalingInSuspended } = target.SuspendedState ?? {};
    const suspended = capacity > current ? DynamicScalingOutSuspended : DynamicScalingInSuspended;
    if (capacity === current || suspended || this.#cooling(policy, capacity > current)) return;
    await this.set(
      target,
      capacity,
      `monitor alarm ${alarm.AlarmName} in state ALARM triggered policy ${policy.PolicyName}`,
    );
  }

  #cooling(policy: ScalingPolicy, out: boolean): boolean {
    const tracking = policy.TargetTrackingScalingPolicyConfiguration;
    const seconds =
      (out ? tracking?.ScaleOutCooldown : tracking?.ScaleInCooldown) ??
      policy.StepScalingPolicyConfiguration?.Cooldown ??
      300;
    const since = epochSeconds() - this.#services.pace.seconds(seconds);
    return [...this.activities.values()].some(
      (activity) =>
        targetKey(activity) === targetKey(policy) &&
        activity.EndTime > since &&
        activity.change[1] > activity.change[0] === out,
    );
  }
}
