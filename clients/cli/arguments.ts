/** Arguments and options as commands take them; what is wrong is named, with what would be right. */
import { readFile } from 'node:fs/promises';
import { InvalidArgumentError } from 'commander';

import type { Interval } from '../../workflows/domain/interval.ts';
import { Refusal } from '../refusal.ts';

export function positiveInteger(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('A whole number from 1 is expected.');
}

/** `START/END`, as ISO 8601 writes intervals; dates are taken as midnight UTC. */
export function interval(text: string): Interval {
  const [start, end, ...rest] = text.split('/');
  if (start === undefined || end === undefined || rest.length > 0) {
    throw new InvalidArgumentError('START/END is expected, for example 2026-01-01/2026-02-01.');
  }
  return { start, end };
}

/** JSON, or `@FILE` that holds it. @throws Refusal InvalidJson, UnreadableFile */
export async function jsonArgument(text: string): Promise<unknown> {
  const source = text.startsWith('@') ? await fileText(text.slice(1)) : text;
  try {
    return JSON.parse(source);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal('InvalidJson', `${text} is no JSON: ${why}`, {
      next: `quote it for the shell, as '{"days": 7}', or give @FILE`,
    });
  }
}

async function fileText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal('UnreadableFile', `${path} can't be read: ${why}`, { next: `ls -l ${path}` });
  }
}
