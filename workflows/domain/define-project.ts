/** Checks that a project's spec is consistent with itself, and says all that is wrong at once. */
import { driftPolicyProblems } from './drift/policy.ts';
import { governanceProblems } from './governance/policy.ts';
import { INTERVAL_COLUMN } from './project.ts';
import type { Contract, FamilySpec, ProjectSpec, Range, TableNames } from './project.ts';

/** Which tables belong to a layer; what a layer's transforms may write. */
const LAYER_TABLES = {
  bronze: ['bronze', 'rejects'],
  silver: ['silver', 'quarantine'],
  gold: ['features', 'labels', 'excluded', 'predictions', 'monitoring'],
} as const satisfies Record<Contract['layer'], readonly (keyof TableNames)[]>;

/** What a layer must write for its rows to be accounted for; `duplicates` is counted, not written. */
const REQUIRED_TRANSFORMS = {
  silver: ['silver', 'quarantine', 'duplicates'],
  gold: ['features', 'labels', 'excluded'],
} as const;

export class InvalidProject extends Error {
  override readonly name = 'InvalidProject';
  readonly problems: readonly string[];

  constructor(project: string, problems: readonly string[]) {
    super(`Project "${project}" is not consistent:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** The spec itself, once it is found consistent. @throws InvalidProject with every problem */
export function defineProject(spec: ProjectSpec): ProjectSpec {
  const problems = [
    ...namesOf(spec),
    ...sourceOf(spec),
    ...transformsOf(spec),
    ...contractsOf(spec),
    ...featuresOf(spec),
    ...trainingOf(spec),
    ...gateOf(spec),
    ...monitoringOf(spec),
    ...governanceProblems(spec.governance),
  ];
  if (problems.length > 0) throw new InvalidProject(spec.name, problems);
  return spec;
}

function namesOf(spec: ProjectSpec): string[] {
  const layers = Object.entries(LAYER_TABLES).flatMap(([layer, names]) =>
    names
      .filter((name) => !spec.tables[name].startsWith(`${layer}/`))
      .map((name) => `tables.${name} must start with "${layer}/", not be "${spec.tables[name]}"`),
  );
  const kebab = /^[a-z][a-z0-9-]*$/;
  return [
    ...(kebab.test(spec.name) ? [] : [`name must be in kebab-case, not "${spec.name}"`]),
    ...(kebab.test(spec.model) ? [] : [`model must be in kebab-case, not "${spec.model}"`]),
    ...layers,
    ...repeated(Object.values(spec.tables)).map((table) => `table "${table}" is named twice`),
  ];
}

function sourceOf({ source }: ProjectSpec): string[] {
  const known = new Set(source.columns);
  const named = [source.key, source.entity, ...source.integers, ...(source.label ? [source.label] : [])];
  const missing = named.filter((column) => !known.has(column));
  return [
    ...repeated(source.columns).map((column) => `source column "${column}" stands twice`),
    ...missing.map((column) => `source has no column "${column}"`),
    ...(source.key === source.entity ? ['source.key and source.entity must differ'] : []),
    ...source.columns
      .filter((column) => column.startsWith('_'))
      .map((column) => `source column "${column}" must not start with "_": those are ours`),
  ];
}

function transformsOf({ transforms, lookBackMonths }: ProjectSpec): string[] {
  const layers = (['silver', 'gold'] as const).flatMap((layer) => {
    const names = transforms[layer].map(({ name }) => name);
    return [
      ...repeated(names).map((name) => `${layer} has two transforms named "${name}"`),
      ...REQUIRED_TRANSFORMS[layer]
        .filter((name) => !names.includes(name))
        .map((name) => `${layer} has no transform named "${name}"`),
    ];
  });
  return [...layers, ...(lookBackMonths >= 0 ? [] : [`lookBackMonths must be at least 0`])];
}

function contractsOf({ contracts }: ProjectSpec): string[] {
  const layers = contracts
    .filter(({ layer, table }) => !(LAYER_TABLES[layer] as readonly string[]).includes(table))
    .map(({ name, layer, table }) => `contract "${name}": ${table} is no table of the ${layer} layer`);
  return [
    ...repeated(contracts.map(({ name }) => name)).map((name) => `two contracts are named "${name}"`),
    ...layers,
    ...contracts.flatMap((contract) =>
      contractProblems(contract).map((problem) => `contract "${contract.name}": ${problem}`),
    ),
  ];
}

/** What is wrong with a contract by itself. */
export function contractProblems(contract: Contract): string[] {
  switch (contract.check) {
    case 'not-null':
    case 'unique':
      return contract.columns.length > 0 ? [] : ['names no column'];
    case 'accepted-values':
      return contract.values.length > 0 ? [] : ['accepts no value'];
    case 'range':
    case 'row-count': {
      const { min, max } = contract;
      if (min === undefined && max === undefined) return ['has neither min nor max'];
      return min !== undefined && max !== undefined && !(min <= max)
        ? [`min ${min} is above max ${max}`]
        : [];
    }
    case 'null-share':
      return contract.max >= 0 && contract.max <= 1 ? [] : ['max must be a share from 0 to 1'];
    case 'freshness':
      return contract.maxAgeHours > 0 ? [] : ['maxAgeHours must be above 0'];
    case 'reference':
      return contract.toTable === contract.table ? ['refers to its own table'] : [];
    case 'sql':
      return contract.sql.trim() === '' ? ['has no SQL'] : [];
  }
}

function featuresOf({ features, source, label, slices }: ProjectSpec): string[] {
  const inputs = [...features.numeric, ...features.categorical];
  const forbidden = [source.key, source.entity, label.column, INTERVAL_COLUMN];
  return [
    ...(inputs.length > 0 ? [] : ['there are no features']),
    ...repeated(inputs).map((name) => `feature "${name}" is named twice`),
    ...inputs
      .filter((name) => forbidden.includes(name))
      .map((name) => `"${name}" is key, entity, label or interval and can't be a feature`),
    ...(features.rareShare >= 0 && features.rareShare < 1
      ? []
      : ['features.rareShare must be from 0 to below 1']),
    ...(label.horizonDays > 0 ? [] : ['label.horizonDays must be above 0']),
    ...repeated(slices).map((name) => `slice "${name}" is named twice`),
  ];
}

function trainingOf({ training }: ProjectSpec): string[] {
  const { testShare, selection, families, everyIntervals, seeds = 0, window } = training;
  const searches = Object.entries(families).flatMap(([family, search]) =>
    familyOf(search).map((problem) => `training.families.${family}: ${problem}`),
  );
  const selects =
    selection.by === 'validation'
      ? selection.share > 0 && selection.share < 1
      : Number.isInteger(selection.folds) && selection.folds >= 2;
  return [
    ...(testShare > 0 && testShare < 1 ? [] : ['training.testShare must lie between 0 and 1']),
    ...(selects ? [] : ['training.selection needs a share between 0 and 1, or at least two folds']),
    ...(Object.keys(families).length > 0 ? [] : ['training.families is empty']),
    ...(everyIntervals >= 1 ? [] : ['training.everyIntervals must be at least 1']),
    ...(window === undefined || (Number.isInteger(window) && window >= 1)
      ? []
      : ['training.window must be a whole number from 1, or none for all']),
    ...(seeds === 0 || (Number.isInteger(seeds) && seeds >= 2)
      ? []
      : ['training.seeds must be a whole number from 2, or 0 for none']),
    ...searches,
  ];
}

function familyOf({ trials, rounds, earlyStoppingRounds, fixed, search }: FamilySpec): string[] {
  return [
    ...(Number.isInteger(trials) && trials >= 1 ? [] : ['trials must be at least 1']),
    ...(Number.isInteger(rounds) && rounds >= 1 ? [] : ['rounds must be at least 1']),
    ...(earlyStoppingRounds === undefined || earlyStoppingRounds >= 1
      ? []
      : ['earlyStoppingRounds must be at least 1']),
    ...Object.keys(search)
      .filter((name) => Object.hasOwn(fixed, name))
      .map((name) => `"${name}" is both fixed and searched`),
    ...Object.entries(search).flatMap(([name, range]) =>
      rangeOf(range).map((problem) => `${name}: ${problem}`),
    ),
  ];
}

function rangeOf(range: Range): string[] {
  if ('values' in range) return range.values.length > 0 ? [] : ['has no values'];
  if (!(range.min <= range.max)) return [`min ${range.min} is above max ${range.max}`];
  return range.scale === 'log' && range.min <= 0 ? ['a logarithmic range must start above 0'] : [];
}

function gateOf({ gate, operatingThreshold }: ProjectSpec): string[] {
  const { floors, ceilingAuc, calibration, nonInferiorityMargin, slices } = gate;
  return [
    ...(floors.auc >= 0.5 && floors.auc < ceilingAuc && ceilingAuc <= 1
      ? []
      : ['gate.floors.auc must be at least 0.5 and below gate.ceilingAuc, which is at most 1']),
    ...(calibration.min < calibration.max ? [] : ['gate.calibration.min must be below its max']),
    ...(nonInferiorityMargin > 0 ? [] : ['gate.nonInferiorityMargin must be above 0']),
    ...(slices.alpha > 0 && slices.alpha < 1 ? [] : ['gate.slices.alpha must lie between 0 and 1']),
    ...(operatingThreshold > 0 && operatingThreshold < 1
      ? []
      : ['operatingThreshold must lie between 0 and 1']),
  ];
}

function monitoringOf({ monitoring }: ProjectSpec): string[] {
  const { drift, baselineRows, highShare, window = 1 } = monitoring;
  return [
    ...(Number.isInteger(window) && window >= 1 ? [] : ['monitoring.window must be a whole number from 1']),
    ...driftPolicyProblems(drift).map((problem) => `monitoring.drift: ${problem}`),
    ...(baselineRows.min >= drift.minRows && baselineRows.max >= baselineRows.min
      ? []
      : ['monitoring.baselineRows must reach from at least monitoring.drift.minRows upwards']),
    ...(highShare === undefined || (highShare.warning > 0 && highShare.warning <= highShare.critical)
      ? []
      : ['monitoring.highShare.warning must be above 0 and at most its critical']),
  ];
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
