/** The medallion over a temporary lake: files are landed, and the layers run one after another. */
import { utimes, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { COLUMNS } from '../../../pipelines/readmission/source.ts';
import { projects } from '../../../pipelines/projects.ts';
import type { Interval } from '../../../workflows/domain/interval.ts';
import type { ProjectSpec } from '../../../workflows/domain/project.ts';
import type { TableRef } from '../../../workflows/domain/reference.ts';
import { findProject } from '../../project/activities.ts';
import { createLakeActivities } from '../activities.ts';
import type { CheckResult, Ingested, LakeActivities, Refined, SqlRow } from '../contract.ts';
import { temporaryLake, type TemporaryLake } from './temporary-lake.ts';

export type Encounter = Readonly<Partial<Record<(typeof COLUMNS)[number], string>>>;

interface MonthResult {
  readonly bronze: Ingested;
  readonly silver: Refined;
  readonly gold: Refined;
  readonly checks: readonly CheckResult[];
}

export interface Medallion extends TemporaryLake {
  readonly activities: LakeActivities;
  /** Writes a file into the landing area; each lands a second after the one before. */
  land(file: string, content: string | Uint8Array): Promise<void>;
  run(interval: Interval, attempt?: number, checked?: boolean): Promise<MonthResult>;
  /** Rows of a table's newest version without the columns about its delivery. */
  rows(name: keyof ProjectSpec['tables'], sql?: string): Promise<SqlRow[]>;
}

/** April 2025 is month 4. */
export function month(number: number): Interval {
  const at = (value: number): string => new Date(Date.UTC(2025, value - 1)).toISOString();
  return { start: at(number), end: at(number + 1) };
}

export async function temporaryMedallion(
  project = 'readmission',
  known: Readonly<Record<string, ProjectSpec>> = projects,
): Promise<Medallion> {
  const lake = await temporaryLake();
  const activities = createLakeActivities({ ...lake, spec: (name) => findProject(known, name) });
  let landed = Date.UTC(2025, 11) / 1000;
  return {
    ...lake,
    activities,
    async land(file, content) {
      const path = join(lake.root, 'landing', project, file);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
      landed += 1;
      await utimes(path, landed, landed);
    },
    run: (interval, attempt = 1, checked = true) =>
      runLayers(activities, project, interval, { attempt, checked }),
    rows: (name, sql) => lake.read(known[project]!.tables[name], undefined, sql),
  };
}

async function runLayers(
  activities: LakeActivities,
  project: string,
  interval: Interval,
  { attempt, checked }: { attempt: number; checked: boolean },
): Promise<MonthResult> {
  const key = (task: string): string => `medallion.${project}-${interval.end}/${attempt}/${task}`;
  const checks: CheckResult[] = [];
  const check = async (layer: 'bronze' | 'silver' | 'gold', tables: Readonly<Record<string, TableRef>>) => {
    if (checked) checks.push(...(await activities.check({ project, interval, layer, tables })).results);
  };
  const { files } = await activities.land({ project, interval });
  const bronze = await activities.ingest({ project, interval, files, key: key('bronze') });
  await check('bronze', { bronze: bronze.bronze, rejects: bronze.rejects });
  const silver = await activities.refine({
    project,
    interval,
    layer: 'silver',
    tables: { bronze: bronze.bronze },
    key: key('silver'),
  });
  await check('silver', silver.tables);
  const gold = await activities.refine({
    project,
    interval,
    layer: 'gold',
    tables: silver.tables,
    key: key('gold'),
  });
  await check('gold', gold.tables);
  return { bronze, silver, gold, checks };
}

const TYPICAL: Required<Encounter> = {
  ...(Object.fromEntries(COLUMNS.map((column) => [column, 'No'])) as Record<
    (typeof COLUMNS)[number],
    string
  >),
  encounter_id: '1',
  patient_nbr: '1',
  race: 'Caucasian',
  gender: 'Female',
  age: '[70-80)',
  weight: '?',
  admission_type_id: '1',
  discharge_disposition_id: '1',
  admission_source_id: '7',
  time_in_hospital: '3',
  payer_code: '?',
  medical_specialty: '?',
  num_lab_procedures: '40',
  num_procedures: '1',
  num_medications: '15',
  number_outpatient: '0',
  number_emergency: '0',
  number_inpatient: '0',
  diag_1: '428',
  diag_2: '250.02',
  diag_3: 'V45',
  number_diagnoses: '9',
  max_glu_serum: 'None',
  A1Cresult: 'None',
  insulin: 'Steady',
  diabetesMed: 'Yes',
  readmitted: 'NO',
};

export function line(encounter: Encounter): string {
  return COLUMNS.map((column) => encounter[column] ?? TYPICAL[column]).join(',');
}

export function csv(encounters: readonly Encounter[]): string {
  return `${[COLUMNS.join(','), ...encounters.map(line)].join('\n')}\n`;
}

export function gzip(text: string): Uint8Array {
  return gzipSync(text);
}
