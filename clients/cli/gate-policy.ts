/** A file of gate bounds, in the shape of a project's `gate`; any part of it may be left out. */
import { z } from 'zod';

import type { ScorePolicy } from '../../workflows/domain/judge-scores.ts';
import { Refusal } from '../refusal.ts';
import { jsonArgument } from './arguments.ts';

const share = z.number().min(0).max(1);

const schema = z.strictObject({
  floors: z
    .strictObject({ auc: share, prAucOverEventRate: z.number().min(0) })
    .partial()
    .optional(),
  nonInferiorityMargin: z.number().min(-1).max(1).optional(),
  calibration: z
    .strictObject({ min: z.number(), max: z.number(), worseThanChampion: z.number() })
    .partial()
    .optional(),
  ceilingAuc: share.optional(),
  suspiciousGain: share.optional(),
  minPositives: z.number().int().min(0).optional(),
  maxLatencyMs: z.number().positive().optional(),
  slices: z.strictObject({ minPositives: z.number().int().min(0), alpha: share }).optional(),
});

/** @throws Refusal UnreadableFile, InvalidJson, InvalidGates naming every field */
export async function readGatePolicy(file: string): Promise<ScorePolicy> {
  const parsed = schema.safeParse(await jsonArgument(`@${file}`));
  if (!parsed.success) {
    throw new Refusal('InvalidGates', `${file} holds no gates: ${z.prettifyError(parsed.error)}`);
  }
  // A field that is left out is not there, and none is `undefined` in JSON.
  return parsed.data as ScorePolicy;
}
