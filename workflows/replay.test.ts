import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, test } from 'vitest';
import { installTestRuntime } from '../testing/test-runtime.ts';
import { bundleWorkflows } from '../workers/bundle.ts';
import * as workflows from './index.ts';

const folder = new URL('./histories/', import.meta.url);
const files = readdirSync(folder).filter((file) => /\.json(\.gz)?$/.test(file));
/** Workflows without a history, and why. */
const NEVER_RUN = { halfHourlyShop: 'it waits for half hours, which nobody produces' };
/** What failures say is another matter where payloads are encrypted; what workflows do must not be. */
const endings = files.filter((file) => /-(failed|cancelled)\./.test(file));
type Bundle = Awaited<ReturnType<typeof bundleWorkflows>>;
let workflowBundle: Bundle;
let encrypted: Bundle;

beforeAll(async () => {
  // Of the one that is refused; whether it comes before the replay is over is chance.
  installTestRuntime({ expects: [/^Failing workflow task/] });
  workflowBundle = await bundleWorkflows();
  encrypted = await bundleWorkflows({ kind: 'encrypted' });
});

interface RecordedHistory {
  readonly events: {
    workflowExecutionStartedEventAttributes?: { workflowId: string; workflowType: { name: string } };
    activityTaskScheduledEventAttributes?: { activityType: { name: string } };
  }[];
}

function textOf(file: string): string {
  const bytes = readFileSync(new URL(file, folder));
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

function recorded(file: string): RecordedHistory {
  return JSON.parse(textOf(file));
}

/** A history with all that its payloads say, whose bytes are base64. */
function legible(file: string): string {
  const decoded = (_: string, data: string): string => Buffer.from(data, 'base64').toString('utf8');
  return textOf(file).replaceAll(/"data": ?"([A-Za-z0-9+/=]+)"/g, decoded);
}

/** Children are named after their parent: under another ID a history would say something else. */
function replay(history: RecordedHistory, bundle = workflowBundle): Promise<void> {
  const workflowId = history.events[0]?.workflowExecutionStartedEventAttributes?.workflowId;
  return Worker.runReplayHistory({ workflowBundle: bundle }, history, workflowId);
}

describe('recorded histories', () => {
  test('are there of every workflow that workers serve: scripts/record-*-histories.mjs make them', () => {
    const types = files.map(
      (file) => recorded(file).events[0]?.workflowExecutionStartedEventAttributes?.workflowType.name,
    );
    const missing = Object.keys(workflows).filter((name) => !types.includes(name));
    expect(missing).toEqual(Object.keys(NEVER_RUN));
  });

  test.each(files)('of %s name nobody, no machine and no folder of one', (file) => {
    const text = legible(file);
    expect(text).not.toMatch(/"stackTrace": ?"[^"]/);
    expect(text).not.toMatch(/file:\/\/|\/(tmp|home|root|Users|var|work|private)\/|localhost|\.local\b/);
    const identities = [...text.matchAll(/"[a-z]*identity": ?"([^"]*)"/gi)].map(([, identity]) => identity);
    expect(new Set(identities)).toEqual(new Set(['recorder']));
  });

  test.each(files)("of %s are what today's code does", async (file) => {
    await expect(replay(recorded(file))).resolves.toBeUndefined();
  });

  test.each(endings)('of %s are what it does where payloads are encrypted', async (file) => {
    await expect(replay(recorded(file), encrypted)).resolves.toBeUndefined();
  });

  test('are refused once they say something else', async () => {
    const [file = ''] = files;
    const changed = recorded(file);
    for (const event of changed.events) {
      const scheduled = event.activityTaskScheduledEventAttributes;
      if (scheduled !== undefined) scheduled.activityType.name = 'another.activity';
    }
    await expect(replay(changed)).rejects.toThrow(/nondeterminism/i);
  });
});
