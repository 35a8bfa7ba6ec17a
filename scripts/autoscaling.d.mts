interface Policy {
  readonly min: number;
  readonly max: number;
  readonly target: number;
  readonly outCooldown: number;
  readonly inCooldown: number;
  readonly wakeCooldown: number;
  readonly slotsPerTask: number;
  readonly startMinutes: number;
}

interface Day {
  readonly done: number;
  readonly left: number;
  readonly waitMinutes: { readonly p50: number; readonly p95: number; readonly max: number };
  readonly taskHours: number;
  readonly peak: number;
  readonly atEnd: number;
}

export function simulateDay(policy: Policy, arrivals: (minute: number) => number, taskMinutes: number): Day;
