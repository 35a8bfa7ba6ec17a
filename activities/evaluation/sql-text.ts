/** The statements beside this file. */
import { readFileSync } from 'node:fs';

export type StatementName = 'matured' | 'scored-by' | 'seen' | 'slice';

export function statement(name: StatementName): string {
  return readFileSync(new URL(`./sql/${name}.sql`, import.meta.url), 'utf8');
}
