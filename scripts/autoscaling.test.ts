import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { simulateDay } from './autoscaling.mjs';

/** What Terraform really sets: a change there is a change here. */
const terraform = readFileSync(
  new URL('../terraform/modules/worker-service/autoscaling/main.tf', import.meta.url),
  'utf8',
);
const setting = (name: string): number =>
  Number(new RegExp(`^\\s*${name}\\s+= (\\d+)$`, 'm').exec(terraform)?.[1]);
const POLICY = {
  target: 100,
  outCooldown: setting('scale_out_cooldown'),
  inCooldown: setting('scale_in_cooldown'),
  wakeCooldown: setting('cooldown'),
  slotsPerTask: 1,
  startMinutes: 2,
};

/** A hospital's day: two tasks an hour, and 120 at two in the morning. */
const day = (minute: number): number => (minute === 120 ? 120 : minute % 30 === 0 ? 1 : 0);
const TOTAL = 120 + 47;

describe('simulateDay', () => {
  it('does every task of a day, out to the limit and back, for less than a fleet that stands', () => {
    const scaled = simulateDay({ ...POLICY, min: 1, max: 10 }, day, 5);
    const fixed = simulateDay({ ...POLICY, min: 10, max: 10 }, day, 5);
    process.stdout.write(
      `autoscaling of a day: p95 of the wait ${scaled.waitMinutes.p95} min (standing fleet ${fixed.waitMinutes.p95}), ` +
        `${scaled.taskHours.toFixed(0)} task hours (standing fleet ${fixed.taskHours.toFixed(0)})\n`,
    );
    expect(scaled).toMatchObject({ done: TOTAL, left: 0, peak: 10, atEnd: 1 });
    expect(scaled.taskHours).toBeLessThan(0.25 * fixed.taskHours);
    // What ten tasks take for the burst, the minutes until they are there, and no more than that.
    expect(scaled.waitMinutes.max).toBeLessThanOrEqual(fixed.waitMinutes.max + 10);
  });

  it('wakes a queue from zero and lets it sleep again', () => {
    const oneTraining = (minute: number): number => (minute === 600 ? 3 : 0);
    const slept = simulateDay({ ...POLICY, min: 0, max: 3 }, oneTraining, 30);
    expect(slept).toMatchObject({ done: 3, left: 0, atEnd: 0 });
    expect(slept.waitMinutes.max).toBeLessThan(40);
    expect(slept.taskHours).toBeLessThan(4);
  });

  it('pays for nothing where nothing comes', () => {
    expect(simulateDay({ ...POLICY, min: 0, max: 3 }, () => 0, 5)).toMatchObject({ taskHours: 0, peak: 0 });
  });

  it('does not take a task away from under its work', () => {
    const long = (minute: number): number => (minute === 0 ? 4 : 0);
    const result = simulateDay({ ...POLICY, min: 1, max: 4 }, long, 120);
    expect(result).toMatchObject({ done: 4, left: 0 });
  });
});
