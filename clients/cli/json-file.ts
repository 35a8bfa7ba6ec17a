/** A JSON file that a command is given, checked by a schema; every problem is named at once. */
import { readFile } from 'node:fs/promises';
import type { z } from 'zod';

import { Refusal } from '../refusal.ts';

/** @throws Refusal UnreadableFile, InvalidJson, InvalidFile */
export async function jsonFile<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  const parsed = schema.safeParse(parse(file, await text(file)));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'the file'}: ${message}`,
  );
  throw new Refusal('InvalidFile', `${file} is not what is expected: ${problems.join('; ')}`, {
    details: { problems },
  });
}

async function text(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new Refusal('UnreadableFile', `${file} can't be read: ${messageOf(error)}`);
  }
}

function parse(file: string, source: string): unknown {
  try {
    return JSON.parse(source);
  } catch (error) {
    throw new Refusal('InvalidJson', `${file} is no JSON: ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
