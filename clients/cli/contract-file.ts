/** The contracts of a file, as JSON: those of a project, without its tables. */
import { z } from 'zod';

import type { FileContract } from '../../activities/lake/check-file.ts';
import { contractProblems } from '../../workflows/domain/define-project.ts';

/** The table and layer of a project's contract say nothing about a lone file, and may stay where they are. */
const place = { layer: z.string().exactOptional(), table: z.string().exactOptional() };
const base = {
  ...place,
  name: z.string().min(1),
  severity: z.enum(['warn', 'fail']).default('fail'),
};
const bound = { min: z.number().exactOptional(), max: z.number().exactOptional() };

const CHECKS = 'not-null, unique, accepted-values, range, row-count, null-share, freshness, sql';

const Shape = z.discriminatedUnion(
  'check',
  [
    z.strictObject({ ...base, check: z.literal('not-null'), columns: z.array(z.string()) }),
    z.strictObject({ ...base, check: z.literal('unique'), columns: z.array(z.string()) }),
    z.strictObject({
      ...base,
      check: z.literal('accepted-values'),
      column: z.string(),
      values: z.array(z.union([z.string(), z.number()])),
    }),
    z.strictObject({ ...base, check: z.literal('range'), column: z.string(), ...bound }),
    z.strictObject({ ...base, check: z.literal('row-count'), ...bound }),
    z.strictObject({ ...base, check: z.literal('null-share'), column: z.string(), max: z.number() }),
    z.strictObject({ ...base, check: z.literal('freshness'), column: z.string(), maxAgeHours: z.number() }),
    z.strictObject({ ...base, check: z.literal('sql'), sql: z.string() }),
  ],
  { error: ({ code }) => (code === 'invalid_union' ? `a file can be checked for ${CHECKS}` : undefined) },
);

const FileContractSchema = Shape.transform(({ layer: _layer, table: _table, ...contract }, context) => {
  for (const message of contractProblems({ ...contract, layer: 'bronze', table: 'bronze' })) {
    context.issues.push({ code: 'custom', message, input: contract });
  }
  return contract satisfies FileContract;
});

const Contracts = z
  .array(FileContractSchema)
  .min(1, 'names no contract')
  .refine((contracts) => new Set(contracts.map(({ name }) => name)).size === contracts.length, {
    message: 'two contracts have the same name',
  });

/** A list of contracts, or an object with them and with what they are judged by. */
export const ContractFile = z.preprocess(
  (file) => (Array.isArray(file) ? { contracts: file } : file),
  z.strictObject({
    /** The column that names a row in examples. */
    key: z.string().exactOptional(),
    /** RFC 3339; what freshness is measured from, by default now. */
    asOf: z.iso.datetime({ offset: true }).exactOptional(),
    /** Texts that stand for a missing value, besides the empty one. */
    missing: z.array(z.string()).exactOptional(),
    contracts: Contracts,
  }),
);
