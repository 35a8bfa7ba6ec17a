/** `assay runs …` and `assay pipelines …` as they are typed, on a real ledger; what needs no server gets none. */
import { Command } from 'commander';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { claim } from '../../activities/ledger/claim.ts';
import { writeRecord } from '../../activities/ledger/close.ts';
import { createLedger } from '../../activities/ledger/ledger.ts';
import { createPauses } from '../../activities/ledger/pauses.ts';
import { createLogWriter } from '../../activities/ledger/log-writer.ts';
import { RUN, runRecord, taskRecord, temporaryStore } from '../../activities/ledger/testing/records.ts';
import type { ObjectStore } from '../../activities/store/contract.ts';
import type { PipelineSource } from '../runs/services.ts';
import { createOutput } from './output.ts';
import { registerPipelines } from './pipelines.ts';
import { registerRuns } from './runs.ts';

const readmission: PipelineSource = {
  name: 'readmission',
  tags: ['ml'],
  params: () => z.object({ project: z.string() }),
};

const failed = runRecord({
  state: 'failed',
  tasks: [
    taskRecord('bronze', { result: { rows: 1234567.125 } }),
    taskRecord('silver', {
      state: 'failed',
      tries: 2,
      error: { type: 'ContractFailed', message: 'age is null' },
    }),
  ],
});

let store: ObjectStore;

beforeEach(async () => {
  store = await temporaryStore();
  await claim(store, RUN, 1, { holder: { workflowId: RUN, firstRunId: 'first' } });
  await writeRecord(store, failed);
});

async function assay(
  ...args: string[]
): Promise<{ code: number | undefined; stdout: string; stderr: string }> {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const output = createOutput({ write: (text) => stdout.push(text) }, { write: (text) => stderr.push(text) });
  let code: number | undefined;
  const exit = (given: number): void => void (code = given);
  const pipelines = new Map([['readmission', readmission]]);
  const client = (): Promise<never> => Promise.reject(new Error('connect ECONNREFUSED'));
  const services = { ledger: createLedger(store), pipelines, client, taskQueue: 'control' };
  const program = new Command('assay')
    .exitOverride()
    .configureOutput({ writeErr: (text) => stderr.push(text) });
  registerRuns(program, { output, exit, services: async () => services });
  registerPipelines(program, {
    output,
    exit,
    services: async () => ({
      ...services,
      schedules: [],
      pauses: createPauses(store),
      graph: (pipeline) => ({
        pipeline,
        nodes: [
          { name: 'bronze', kind: 'task', after: [], when: 'all_success' },
          { name: 'silver', kind: 'task', after: ['bronze'], when: 'all_success' },
        ],
        decidedAfter: [],
      }),
      paramsSchema: () => ({ type: 'object' }),
    }),
  });
  await program.parseAsync(args, { from: 'user' });
  return { code, stdout: stdout.join(''), stderr: stderr.join('') };
}

describe('runs show', () => {
  it('prints the record as it is with --json, and needs no server for it', async () => {
    const { code, stdout } = await assay('runs', 'show', RUN, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(failed);
  });

  it('tells people what failed and what comes next', async () => {
    const { stdout } = await assay('runs', 'show', RUN);
    expect(stdout).toMatch(/^F {2}silver {2}failed +2 .*ContractFailed: age is null$/m);
    expect(stdout).toContain(
      `next: assay runs logs ${RUN} silver, then assay runs rerun ${RUN} --only-failed`,
    );
  });

  it('prints the result of a task', async () => {
    expect(JSON.parse((await assay('runs', 'show', RUN, 'bronze')).stdout)).toEqual({ rows: 1234567.125 });
  });

  it('explains a task that is not there on stderr, with code 2', async () => {
    const { code, stdout, stderr } = await assay('runs', 'show', RUN, 'sliver');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      `error: ${RUN} has no task sliver; its tasks are bronze, silver\n  next: assay runs show ${RUN}\n`,
    );
  });

  it('says that a run is unknown though no server can be asked', async () => {
    const { code, stderr } = await assay('runs', 'show', 'readmission-2020-01-01T00:00:00Z');
    expect(code).toBe(2);
    expect(stderr).toContain('no run is called readmission-2020-01-01T00:00:00Z');
  });
});

describe('runs list', () => {
  it('prints a row for each run, ids whole', async () => {
    const { stdout } = await assay('runs', 'list');
    expect(stdout).toMatch(
      new RegExp(`^${RUN} +1 +failed +2026-02-01 08:00:00 +1 min 0 s +cli +silver$`, 'm'),
    );
  });

  it('prints one JSON document, and a cursor where there is more', async () => {
    await claim(store, RUN, 2, { holder: { workflowId: RUN, firstRunId: 'second' } });
    const first = JSON.parse((await assay('runs', 'list', '--json', '--limit', '1')).stdout);
    expect(first.runs).toMatchObject([{ run: RUN, attempt: 2, state: 'running' }]);
    const rest = JSON.parse((await assay('runs', 'list', '--json', '--after', first.next)).stdout);
    expect(rest.runs).toMatchObject([{ run: RUN, attempt: 1, state: 'failed' }]);
  });

  it('refuses times between which nothing lies, and dates that no calendar has', async () => {
    const swapped = await assay('runs', 'list', '--since', '2026-02-01', '--until', '2026-01-01');
    expect([swapped.code, swapped.stdout]).toEqual([2, '']);
    expect(swapped.stderr).toContain('nothing lies between');
    await expect(assay('runs', 'list', '--since', '2026-02-30')).rejects.toMatchObject({
      code: 'commander.invalidArgument',
    });
  });

  it('refuses a pipeline that does not exist', async () => {
    const { code, stderr } = await assay('runs', 'list', '--pipeline', 'readmision');
    expect(code).toBe(2);
    expect(stderr).toContain('no pipeline is named readmision; known are readmission');
  });
});

describe('runs grid', () => {
  it('prints a letter for each task of the last runs, the oldest on the left', async () => {
    const other = RUN.replace('01-31', '02-28');
    await claim(store, other, 1, { holder: { workflowId: other, firstRunId: 'first' } });
    await writeRecord(store, runRecord({ run: other, tasks: [taskRecord('bronze'), taskRecord('gold')] }));
    const { stdout } = await assay('runs', 'grid', 'readmission');
    expect(stdout.split('\n')).toEqual([
      `readmission  2 runs, from ${RUN} to ${other}`,
      '',
      'the run  F S',
      'bronze   S S',
      'gold       S',
      'silver   F',
      '',
      'S success  F failed',
      '',
    ]);
  });
});

describe('runs logs', () => {
  it('prints the lines of a task with their try, the stack of a failure below it', async () => {
    const source = { run: RUN, attempt: 1, task: 'silver', sequence: 3, execution: 1 };
    for (const number of [1, 2]) {
      const log = createLogWriter(store, { ...source, try: number });
      const at = `2026-02-01T08:00:0${number}.000Z`;
      const fields = { rows: 7, stack: 'Error: age\n    at refine' };
      log.write({ at, level: 'error', activity: 'lake.refine', message: `try ${number} failed`, fields });
      await log.flush();
    }
    const { stdout } = await assay('runs', 'logs', RUN, 'silver', '--try', '2');
    expect(stdout).toBe(
      '2026-02-01T08:00:02.000Z  silver try 2  lake.refine  try 2 failed rows=7\n    Error: age\n    at refine\n',
    );
    const all = (await assay('runs', 'logs', RUN, '--json')).stdout.trim().split('\n');
    expect(all.map((line) => JSON.parse(line).try)).toEqual([1, 2]);
  });

  it('says so where there is none', async () => {
    const { code, stdout, stderr } = await assay('runs', 'logs', RUN, 'bronze');
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toContain('no log');
  });
});

describe('runs trigger and rerun', () => {
  it('refuse wrong params before they look for a server', async () => {
    const { code, stderr } = await assay('runs', 'trigger', 'readmission', '--params', '{"project":1}');
    expect(code).toBe(2);
    expect(stderr).toContain('project: expected string; given: 1');
  });

  it('refuse what is no JSON, and an interval that is none', async () => {
    expect((await assay('runs', 'trigger', 'readmission', '--params', '{oops')).stderr).toContain(
      'is no JSON',
    );
    await expect(assay('runs', 'trigger', 'readmission', '--interval', 'May')).rejects.toThrow(/START\/END/);
  });

  it('mark a task for the next attempt, and refuse what is no decision', async () => {
    const marked = await assay(
      'runs',
      'mark',
      RUN,
      'silver',
      '--succeed',
      '{"rows":7}',
      '--by',
      'ann',
      '--json',
    );
    expect(JSON.parse(marked.stdout)).toEqual({ run: RUN, attempt: 1, task: 'silver', action: 'succeed' });
    expect(await createLedger(store).marks(RUN, 1)).toMatchObject([{ by: 'ann', value: { rows: 7 } }]);
    expect((await assay('runs', 'mark', RUN, 'silver')).stderr).toContain(
      '--retry, --succeed <json>, --skip or --fail',
    );
    expect((await assay('runs', 'mark', RUN, 'gold', '--skip')).stderr).toContain('no task gold');
    const open = await assay('runs', 'resolve', RUN, 'silver', '--retry');
    expect(open).toMatchObject({ code: 2 });
    expect(open.stderr).toContain(`next: assay runs mark ${RUN} silver --retry`);
  });

  it('list the runs that a filter would start again, and start none', async () => {
    const filter = ['--pipeline', 'readmission', '--state', 'failed', '--since', '2026-01-01'];
    const dry = await assay('runs', 'rerun', ...filter, '--only-failed', '--dry-run', '--json');
    expect(JSON.parse(dry.stdout)).toMatchObject([{ run: RUN, attempt: 1 }]);
    expect((await assay('runs', 'rerun', '--only-failed')).stderr).toContain('which runs?');
    expect((await assay('runs', 'rerun', RUN, '--only-failed', '--key', 'north')).stderr).toContain(
      'not both',
    );
  });

  it('ask what shall be run again, and refuse tasks that are not there', async () => {
    expect((await assay('runs', 'rerun', RUN)).stderr).toContain('--from <task…> or --only-failed');
    const { code, stderr } = await assay('runs', 'rerun', RUN, '--from', 'sliver', 'gold');
    expect(code).toBe(2);
    expect(stderr).toContain('no tasks sliver, gold; its tasks are bronze, silver');
  });

  it('say that Temporal does not answer where it is needed', async () => {
    const { code, stderr } = await assay('runs', 'rerun', RUN, '--only-failed');
    expect(code).toBe(2);
    expect(stderr).toBe(
      'error: Temporal does not answer\n  because: connect ECONNREFUSED\n  next: assay doctor\n',
    );
  });
});

describe('pipelines', () => {
  it('are listed, shown and drawn without a server', async () => {
    expect(JSON.parse((await assay('pipelines', 'list', '--json')).stdout)).toEqual([
      { name: 'readmission', tags: ['ml'], paused: null },
    ]);
    expect(JSON.parse((await assay('pipelines', 'show', 'readmission', '--json')).stdout)).toMatchObject({
      params: { type: 'object' },
    });
    const { stdout } = await assay('pipelines', 'graph', 'readmission');
    expect(stdout).toContain('flowchart LR');
    expect((await assay('pipelines', 'graph', 'nothing')).code).toBe(2);
  });
});

describe('a paused pipeline', () => {
  it('is refused to whoever would start it, with the command that lets it start again', async () => {
    expect(await assay('pipelines', 'pause', 'readmission', '--reason', 'moving')).toMatchObject({
      code: 0,
      stdout: 'readmission is paused; to let it start again: assay pipelines resume readmission\n',
    });
    const refused = await assay('runs', 'trigger', 'readmission', '--params', '{"project":"x"}');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/readmission was paused at .* by cli: moving/);
    expect(refused.stderr).toContain('next: assay pipelines resume readmission');
    expect((await assay('pipelines', 'list')).stdout).toMatch(/readmission +paused/);
    expect((await assay('pipelines', 'show', 'readmission')).stdout).toContain('by cli: moving');
    const resumed = JSON.parse((await assay('pipelines', 'resume', 'readmission', '--json')).stdout);
    expect(resumed).toMatchObject({ paused: false, wasPaused: true });
    expect((await assay('pipelines', 'pause', 'nothing')).code).toBe(2);
  });
});

describe('help', () => {
  it('begins with an example for every command', async () => {
    for (const command of ['trigger', 'rerun', 'list', 'show', 'watch', 'cancel', 'logs']) {
      const program = new Command('assay').exitOverride();
      const written: string[] = [];
      program.configureOutput({ writeOut: (text) => written.push(text) });
      const output = createOutput({ write: () => true }, { write: () => true });
      registerRuns(program, {
        output,
        exit: () => undefined,
        services: () => Promise.reject(new Error('unused')),
      });
      await expect(program.parseAsync(['runs', command, '--help'], { from: 'user' })).rejects.toThrow(
        'outputHelp',
      );
      expect(written.join('')).toMatch(new RegExp(`^Example:\\n {2}\\$ assay runs ${command} `));
    }
  });
});
