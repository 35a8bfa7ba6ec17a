/** Intervals as the governor judges them, out of the monitoring table. */
import type {
  JudgedInterval,
  Level,
  Measure,
  MeasureKind,
} from '../../workflows/domain/governance/situation.ts';
import { byInterval, type StoredRow } from './table.ts';

/** So many of the newest intervals are looked at. */
export const JUDGED_INTERVALS = 12;

const KINDS: ReadonlySet<string> = new Set<MeasureKind>([
  'feature',
  'score',
  'calibration',
  'performance',
  'output',
]);

/** Measures that were fine in every interval can start no streak and break none: they are left out. */
export function judgedIntervals(rows: readonly StoredRow[]): JudgedInterval[] {
  const judged = rows.filter((row) => row.level !== null && KINDS.has(row.kind));
  const noticed = new Set(judged.filter(({ level }) => level !== 'ok').map(nameOf));
  return byInterval(rows).map(({ interval, rows: own }) => ({
    interval,
    measures: own.filter((row) => row.level !== null && noticed.has(nameOf(row))).map(measureOf),
    faults: own
      .filter(({ level }) => level === 'broken')
      .map(({ name, reason }) => ({ column: name, reason: reason ?? 'broken' })),
  }));
}

function nameOf({ kind, name }: Pick<StoredRow, 'kind' | 'name'>): string {
  return `${kind} ${name}`;
}

function measureOf({ kind, name, level, value, threshold }: StoredRow): Measure {
  return { kind: kind as MeasureKind, name, level: level as Level, value, threshold: threshold ?? '' };
}
