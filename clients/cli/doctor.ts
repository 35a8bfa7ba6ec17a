/** `assay doctor`: every component tried, and what mends the ones that can't be used. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Component } from '../../workers/components.ts';
import { action, example, type CommandContext } from './command.ts';
import type { Cell, Output } from './output.ts';

export interface DoctorServices {
  readonly components: readonly Component[];
}

export interface Diagnosis {
  readonly name: string;
  readonly needed: boolean;
  readonly ok: boolean;
  readonly version?: string;
  readonly where?: string;
  /** Why it can't be used, when it can't. */
  readonly problem?: string;
  readonly mend?: string;
}

const PATIENCE_MS = 10_000;

/** Exit code 1 where something needed can't be used. */
export function registerDoctor(program: Command, context: CommandContext<DoctorServices>): void {
  program
    .command('doctor')
    .description('what was found, which version, and how to mend what is missing')
    .option('--json', 'print JSON')
    .addHelpText('before', example('assay doctor'))
    .action(
      action(context, async ({ components }, { json }: { json?: boolean }) => {
        const diagnoses = await diagnose(components);
        const healthy = diagnoses.every(({ ok, needed }) => ok || !needed);
        if (json === true) context.output.json({ healthy, components: diagnoses });
        else print(context.output, diagnoses);
        return healthy ? 0 : 1;
      }),
    );
}

/** Tries all of them at once; one that does not answer in time can't be used. */
export function diagnose(components: readonly Component[], patienceMs = PATIENCE_MS): Promise<Diagnosis[]> {
  return Promise.all(components.map((component) => examine(component, patienceMs)));
}

async function examine(component: Component, patienceMs: number): Promise<Diagnosis> {
  const { name, needed, mend } = component;
  const done = new AbortController();
  const late = sleep(patienceMs, undefined, { signal: done.signal, ref: false }).then(() => {
    throw new Error(`no answer in ${patienceMs / 1000} s`);
  });
  try {
    return { name, needed, ok: true, ...(await Promise.race([component.try(), late])) };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { name, needed, ok: false, problem, mend };
  } finally {
    late.catch(() => undefined);
    done.abort();
  }
}

function print(output: Output, diagnoses: readonly Diagnosis[]): void {
  output.table(
    ['', 'COMPONENT', 'VERSION', 'WHERE, OR WHAT IS WRONG'],
    diagnoses.map((each) => [
      mark(each),
      each.name,
      each.version ?? '',
      each.ok ? (each.where ?? '') : (each.problem ?? ''),
    ]),
  );
  const remedies = diagnoses.filter(({ ok }) => !ok);
  if (remedies.length > 0) output.line();
  for (const { name, needed, mend } of remedies) {
    output.line(`To mend ${name}${needed ? '' : ' (optional)'}: ${mend}`);
  }
}

function mark({ ok, needed }: Diagnosis): Cell {
  if (ok) return { text: 'ok', colour: 'green' };
  return needed ? { text: 'missing', colour: 'red' } : { text: 'optional', colour: 'yellow' };
}
