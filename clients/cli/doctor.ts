/** `assay doctor`: every component tried, and the command that mends what is missing. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Component } from '../../workers/components.ts';

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

export interface DoctorOptions {
  readonly json: boolean;
  /** Takes the result, for stdout. */
  readonly write: (text: string) => void;
  /** How long one component may take to answer. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 10_000;

/** Writes the diagnosis; returns the exit code: 1 where something needed can't be used. */
export async function doctor(components: readonly Component[], options: DoctorOptions): Promise<number> {
  const patience = options.patienceMs ?? PATIENCE_MS;
  const diagnoses = await Promise.all(components.map((component) => examine(component, patience)));
  const healthy = diagnoses.every(({ ok, needed }) => ok || !needed);
  options.write(
    options.json ? JSON.stringify({ healthy, components: diagnoses }, null, 2) : table(diagnoses),
  );
  return healthy ? 0 : 1;
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

function table(diagnoses: readonly Diagnosis[]): string {
  const nameWidth = Math.max(...diagnoses.map(({ name }) => name.length));
  const versionWidth = Math.max(...diagnoses.map(({ version }) => version?.length ?? 0));
  return diagnoses.map((diagnosis) => line(diagnosis, nameWidth, versionWidth)).join('\n');
}

function line(diagnosis: Diagnosis, nameWidth: number, versionWidth: number): string {
  const name = diagnosis.name.padEnd(nameWidth);
  if (diagnosis.ok) {
    return `ok       ${name}  ${(diagnosis.version ?? '').padEnd(versionWidth)}  ${diagnosis.where ?? ''}`.trimEnd();
  }
  const mark = diagnosis.needed ? 'missing ' : 'optional';
  return `${mark} ${name}  ${diagnosis.problem ?? ''}\n         ${' '.repeat(nameWidth)}  mend: ${diagnosis.mend ?? ''}`;
}
