/** Whether pipelines that wait for assets can be started by them. */
import type { AssetInput } from '../../workflows/domain/assets/condition.ts';
import { requirementsOf } from '../../workflows/domain/assets/matching.ts';
import { fireTimes } from '../../workflows/domain/calendar/fire-times.ts';
import { gridOf } from '../../workflows/domain/calendar/timetable.ts';
import { checkParams } from '../../workflows/domain/params.ts';
import type { AnyPipeline } from '../../workflows/engine/definition.ts';

interface AssetFault {
  readonly where: string;
  readonly what: string;
  readonly next: string;
}

type Definition = Pick<AnyPipeline['definition'], 'name' | 'params' | 'assets' | 'timetable'>;

const ANY_DAY = '2026-01-01T00:00:00Z';
/** Enough of them for a grid that fits only now and then. */
const TARGETS = 100;

export function assetFaults(pipeline: Definition): AssetFault[] {
  return [...timetableFaults(pipeline), ...paramFaults(pipeline), ...rollUpFaults(pipeline)];
}

function timetableFaults({ name, timetable }: Definition): AssetFault[] {
  if (timetable === undefined) return [];
  try {
    gridOf(timetable);
    return [];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [
      { where: name, what: `its timetable: ${error.message}`, next: `correct it in pipeline({ timetable })` },
    ];
  }
}

/** The bus hands over a partition and nothing else. */
function paramFaults({ name, params, assets }: Definition): AssetFault[] {
  if (assets === undefined) return [];
  const checked = checkParams(params?.(), {});
  if (checked.ok) return [];
  const needed = checked.problems.map(({ field }) => field).join(', ');
  const what = `assets start it without params, but it needs ${needed}`;
  return [{ where: name, what, next: `give ${needed} a default, or take it from run.key` }];
}

function rollUpFaults({ name, assets }: Definition): AssetFault[] {
  return (assets?.inputs ?? []).filter(isNeverComplete).map(({ asset }) => ({
    where: name,
    what: `the partitions of ${asset} never fill one of its intervals, so it would never start`,
    next: `let \`into\` of its rollUp begin and end where \`each\` does`,
  }));
}

function isNeverComplete(input: AssetInput): boolean {
  if (input.rollUp === undefined) return false;
  const into = fireTimes(input.rollUp.into);
  let start = into.next(ANY_DAY);
  for (let count = 0; count < TARGETS && start !== undefined; count += 1) {
    const end = into.next(start);
    if (end === undefined) return true;
    const [requirement] = requirementsOf({ need: 'all', inputs: [input] }, { start, end });
    if (requirement !== undefined && requirement.partitions.length > 0) return false;
    start = end;
  }
  return true;
}
