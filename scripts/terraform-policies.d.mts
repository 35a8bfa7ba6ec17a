export interface Violation {
  readonly policy: string;
  readonly address: string;
  readonly problem: string;
}

/** As `terraform show -json` prints it; only `resource_changes` is read. */
export interface Plan {
  resource_changes: PlannedChange[];
}

export interface PlannedChange {
  address: string;
  mode: string;
  type: string;
  // A plan's values have the shape of their resource, which the policies take as it comes.
  change: { after: Record<string, unknown> | null; after_unknown: Record<string, unknown> };
}

export const policies: Readonly<Record<string, unknown>>;
export function violationsOf(plan: Plan, settings: ReadonlySet<string>): Violation[];
export function settingsInSource(): Promise<Set<string>>;
