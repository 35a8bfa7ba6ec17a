import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startScaleInProtection, type ScaleInProtection } from './scale-in-protection.ts';

/** Amazon ECS's agent, as far as a task talks to it. */
let agent: Server;
let asked: { path: string | undefined; method: string | undefined; body: unknown }[];
let refuses: boolean;
let protection: ScaleInProtection;
let busy: boolean;
let clock: number;
let notes: string[];

const MINUTE = 60_000;

beforeEach(async () => {
  [asked, refuses, busy, clock, notes] = [[], false, false, 0, []];
  agent = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += String(chunk)));
    request.on('end', () => {
      asked.push({ path: request.url, method: request.method, body: JSON.parse(text) });
      response.end(
        refuses
          ? '{"failure":{"Reason":"DEPLOYMENT_BLOCKED"}}'
          : '{"protection":{"ProtectionEnabled":true,"TaskArn":"arn"}}',
      );
    });
  });
  await new Promise<void>((resolve) => agent.listen(0, '127.0.0.1', resolve));
  protection = startScaleInProtection({
    agentUri: `http://127.0.0.1:${(agent.address() as AddressInfo).port}/api`,
    isBusy: () => busy,
    note: (text) => notes.push(text),
    lookEvery: 3_600_000,
    idleFor: MINUTE,
    now: () => clock,
  });
});
afterEach(async () => {
  await protection.stop();
  agent.close();
});

const states = (): unknown[] =>
  asked.map(({ body }) => (body as { ProtectionEnabled: boolean }).ProtectionEnabled);
const lookAt = async (time: number): Promise<void> => {
  clock = time;
  await protection.look();
};

describe('startScaleInProtection', () => {
  it('asks for nothing while there is nothing to do', async () => {
    await lookAt(0);
    expect(asked).toEqual([]);
  });

  it('protects the task from its first activity on, as the agent wants to be asked', async () => {
    busy = true;
    await lookAt(0);
    await lookAt(MINUTE);
    expect(asked).toEqual([
      {
        path: '/api/task-protection/v1/state',
        method: 'PUT',
        body: { ProtectionEnabled: true, ExpiresInMinutes: 60 },
      },
    ]);
  });

  it('keeps it between two activities and gives it back once it is idle', async () => {
    busy = true;
    await lookAt(0);
    busy = false;
    await lookAt(MINUTE / 2);
    expect(states()).toEqual([true]);
    await lookAt(2 * MINUTE);
    await lookAt(3 * MINUTE);
    expect(states()).toEqual([true, false]);
  });

  it('renews it long before ECS forgets it', async () => {
    busy = true;
    await lookAt(0);
    await lookAt(31 * MINUTE);
    expect(states()).toEqual([true, true]);
  });

  it('asks again after a refusal, and says why it was refused', async () => {
    [busy, refuses] = [true, true];
    await lookAt(0);
    refuses = false;
    await lookAt(1_000);
    expect(states()).toEqual([true, true]);
    expect(notes).toEqual([expect.stringContaining('DEPLOYMENT_BLOCKED')]);
  });

  it('gives it back when the worker stops', async () => {
    busy = true;
    await lookAt(0);
    await protection.stop();
    expect(states()).toEqual([true, false]);
  });
});
