import { describe, expect, it } from 'vitest';

import { projects } from '../../pipelines/projects.ts';
import { readmission } from '../../pipelines/readmission/project.ts';
import { defineProject, InvalidProject } from './define-project.ts';
import type { ProjectSpec } from './project.ts';

const problemsOf = (change: Partial<ProjectSpec>): readonly string[] => {
  try {
    defineProject({ ...readmission, ...change });
    return [];
  } catch (error) {
    if (error instanceof InvalidProject) return error.problems;
    throw error;
  }
};

const { source, features, tables, transforms, training, gate, contracts } = readmission;
const boosted = training.families.boosted!;

describe('defineProject', () => {
  it('gives back a consistent spec as it is', () => {
    expect(defineProject(readmission)).toBe(readmission);
    expect(Object.entries(projects).every(([name, spec]) => name === spec.name)).toBe(true);
  });

  it.each<[string, Partial<ProjectSpec>, string]>([
    ['a name in capitals', { name: 'Readmission' }, 'name must be in kebab-case, not "Readmission"'],
    [
      'a table in the wrong layer',
      { tables: { ...tables, labels: 'silver/l' } },
      'tables.labels must start with "gold/", not be "silver/l"',
    ],
    [
      'a table named twice',
      { tables: { ...tables, rejects: tables.bronze } },
      `table "${tables.bronze}" is named twice`,
    ],
    ['a key that the source lacks', { source: { ...source, key: 'id' } }, 'source has no column "id"'],
    [
      'one column for key and entity',
      { source: { ...source, entity: source.key } },
      'source.key and source.entity must differ',
    ],
    [
      'a column of ours in the source',
      { source: { ...source, columns: [...source.columns, '_run'] } },
      'source column "_run" must not start with "_": those are ours',
    ],
    [
      'the label among the features',
      { features: { ...features, numeric: [readmission.label.column] } },
      '"readmitted_within_30_days" is key, entity, label or interval and can\'t be a feature',
    ],
    [
      'a feature named twice',
      { features: { ...features, numeric: ['race'] } },
      'feature "race" is named twice',
    ],
    ['no features', { features: { ...features, numeric: [], categorical: [] } }, 'there are no features'],
    [
      'a layer without its quarantine',
      {
        transforms: { ...transforms, silver: transforms.silver.filter(({ name }) => name !== 'quarantine') },
      },
      'silver has no transform named "quarantine"',
    ],
    [
      'a contract about another layer',
      { contracts: [{ ...contracts[0]!, layer: 'gold' }] },
      'contract "rows arrived": bronze is no table of the gold layer',
    ],
    [
      'two contracts of one name',
      { contracts: [contracts[0]!, contracts[0]!] },
      'two contracts are named "rows arrived"',
    ],
    [
      'a range upside down',
      {
        contracts: [
          {
            name: 'r',
            layer: 'silver',
            table: 'silver',
            severity: 'fail',
            check: 'range',
            column: 'a',
            min: 2,
            max: 1,
          },
        ],
      },
      'contract "r": min 2 is above max 1',
    ],
    [
      'no trials',
      { training: { ...training, families: { boosted: { ...boosted, trials: 0 } } } },
      'training.families.boosted: trials must be at least 1',
    ],
    [
      'a logarithmic range from zero',
      {
        training: {
          ...training,
          families: { boosted: { ...boosted, search: { eta: { min: 0, max: 1, scale: 'log' } } } },
        },
      },
      'training.families.boosted: eta: a logarithmic range must start above 0',
    ],
    [
      'a value both fixed and searched',
      { training: { ...training, families: { boosted: { ...boosted, fixed: { eta: '1' } } } } },
      'training.families.boosted: "eta" is both fixed and searched',
    ],
    [
      'a test share of everything',
      { training: { ...training, testShare: 1 } },
      'training.testShare must lie between 0 and 1',
    ],
    [
      'a window of half an interval',
      { monitoring: { ...readmission.monitoring, window: 0.5 } },
      'monitoring.window must be a whole number from 1',
    ],
    [
      'a floor above the ceiling',
      { gate: { ...gate, floors: { ...gate.floors, auc: 0.8 } } },
      'gate.floors.auc must be at least 0.5 and below gate.ceilingAuc, which is at most 1',
    ],
    [
      'a threshold that is NaN',
      { operatingThreshold: Number.NaN },
      'operatingThreshold must lie between 0 and 1',
    ],
  ])('refuses %s', (_what, change, problem) => {
    expect(problemsOf(change)).toContain(problem);
  });

  it('names all problems at once', () => {
    expect(problemsOf({ name: 'A', lookBackMonths: -1, operatingThreshold: 0 })).toHaveLength(3);
  });
});
