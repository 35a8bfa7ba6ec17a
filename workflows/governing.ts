/** What the governor does with what it hears: looks at how things stand, decides, records, retrains. */
import { executeChild, log, workflowInfo } from '@temporalio/workflow';

import type { GovernanceActivities } from '../activities/governance/contract.ts';
import type { MonitoringActivities } from '../activities/monitoring/contract.ts';
import type { NotifyActivities } from '../activities/notify/contract.ts';
import type { RegistryActivities } from '../activities/registry/contract.ts';
import type { TrainingActivities } from '../activities/training/contract.ts';
import { decide } from './domain/governance/decide.ts';
import type { Decision } from './domain/governance/decision.ts';
import type { RetrainingOutcome } from './domain/governance/outcome.ts';
import type { RetrainingRequest, Situation } from './domain/governance/situation.ts';
import { formatRunId } from './domain/run-id.ts';
import type { Duplicate } from './domain/run-input.ts';
import { activities } from './engine/activities.ts';
import { causesOf } from './engine/failures.ts';
import { QUERY, QUICK } from './engine/profiles.ts';
import type { retraining, Retrained } from './retraining.ts';

const governance = activities<GovernanceActivities>('governance', QUICK);
const registry = activities<RegistryActivities>('registry', QUICK);
const notify = activities<NotifyActivities>('notify', QUICK);
const trainer = activities<TrainingActivities>('training', QUERY);
const monitor = activities<MonitoringActivities>('monitoring', QUERY);

export interface Governed {
  readonly project: string;
  readonly model: string;
}

/** A person's word that nothing is to be started, or that it may be again. */
export interface Word {
  readonly frozen: boolean;
  readonly by: string;
  readonly reason: string;
}

export interface Look {
  readonly asOf: string;
  readonly running: string | undefined;
  readonly request: RetrainingRequest | undefined;
  /** Of the record in the registry's log. */
  readonly key: string;
}

export interface Decided {
  readonly decision: Decision;
  /** What a promotion may have to wait for a person for. */
  readonly warnings: readonly string[];
}

export async function decideNow(
  { project, model }: Governed,
  { asOf, running, request, key }: Look,
): Promise<Decided> {
  const { policy, rules } = await governance.policy({ project });
  const [standing, { matured }] = await Promise.all([
    registry.standing({ model }),
    trainer.snapshot({ project, asOf }),
  ]);
  const { champion } = standing;
  const judged = champion === null ? [] : await monitor.judged({ project, version: champion });
  const situation: Situation = {
    ...standing,
    asOf,
    matured,
    judged,
    ...(running !== undefined && { running }),
    ...(request && { request }),
  };
  const decision = decide(situation, policy, rules);
  await registry.recordDecision({ model, decision, situation, by: workflowInfo().workflowId, key });
  return { decision, warnings: warningsOf(situation) };
}

/** Calls people for what only they can mend; that nobody can be called changes no decision. */
export async function callPeople({ model }: Governed, decision: Decision): Promise<void> {
  for (const { key, title, text } of callsOf(model, decision)) {
    log.error(title, { model, text });
    try {
      await notify.page({ key, title, text, at: decision.asOf });
    } catch (error) {
      log.error('nobody could be called', { key, error });
    }
  }
}

/** The same trouble has the same key, however often it is decided on. */
function callsOf(
  model: string,
  { decision, champion, reasons, owner, page }: Decision,
): { key: string; title: string; text: string }[] {
  const of = `governor/${model}/${champion ?? 'none'}`;
  const stopped = reasons.map(({ measure, value, reason }) => `${measure} ${value ?? ''}: ${reason}`);
  return [
    ...(page
      ? [
          {
            key: `${of}/floor/${page.interval}`,
            title: `${model} is below its floor`,
            text: `${page.reason}. Asked is ${page.owner}: assay models governor ${model}`,
          },
        ]
      : []),
    ...(decision === 'stop-and-ask'
      ? [
          {
            key: `${of}/stop/${stopped.join('/')}`,
            title: `${model} waits for a person`,
            text: `${stopped.join('; ')}. Asked is ${owner}: assay models governor ${model}`,
          },
        ]
      : []),
  ];
}

export async function recordWord({ model }: Governed, word: Word, key: string): Promise<void> {
  await registry.recordFreeze({ model, ...word, key });
}

/** The run, by the time that the decision was made for, and what comes of it; never rejects. */
export function retrain(
  { project }: Governed,
  { decision: { asOf }, warnings }: Decided,
): { readonly run: string; readonly outcome: Promise<RetrainingOutcome> } {
  const run = formatRunId({ pipeline: 'retraining', key: project, fireTime: asOf });
  return { run, outcome: runRetraining(run, { project, asOf, warnings }) };
}

async function runRetraining(
  run: string,
  { project, asOf, warnings }: { project: string; asOf: string; warnings: readonly string[] },
): Promise<RetrainingOutcome> {
  const input = {
    key: project,
    fireTime: asOf,
    params: { project, warnings },
    startedBy: workflowInfo().workflowId,
    // The same time may be decided for again, once a person has looked.
    attempt: 'next',
  } as const;
  try {
    const result = await executeChild<typeof retraining>('retraining', {
      workflowId: run,
      args: [input],
      parentClosePolicy: 'REQUEST_CANCEL',
      staticSummary: `decided by ${workflowInfo().workflowId}`,
    });
    return isDuplicate(result) ? { run, error: 'somebody else runs it' } : { run, ...result };
  } catch (error) {
    return {
      run,
      error:
        causesOf(error)
          .map(({ message }) => message)
          .at(-1) ?? String(error),
    };
  }
}

function isDuplicate(result: Retrained | Duplicate): result is Duplicate {
  return 'duplicateOf' in result;
}

/** Odd outputs of the newest interval. */
function warningsOf({ judged }: Situation): string[] {
  const newest = judged.at(-1)?.measures ?? [];
  return newest
    .filter(({ kind, level }) => kind === 'output' && (level === 'warning' || level === 'critical'))
    .map(({ name, value, threshold }) => `${name} is ${value} (${threshold})`);
}
