/**
 * The evaluation gate as a function of its own: JSON in, JSON out, data by reference, no state. It is what the
 * promotion asks of a challenger, callable from AWS Lambda, a script or a test.
 */
import { z } from 'zod';

import type { EvaluationReport } from '../../workflows/domain/evaluation.ts';
import type { GateVerdict } from '../../workflows/domain/gates.ts';
import { judge } from '../../workflows/domain/judge.ts';
import type { GatePolicy } from '../../workflows/domain/project.ts';

const Share = z.number().min(0).max(1);

const Policy = z.object({
  floors: z.object({ auc: Share, prAucOverEventRate: z.number().nonnegative() }),
  nonInferiorityMargin: z.number().nonnegative(),
  calibration: z.object({ min: z.number(), max: z.number(), worseThanChampion: z.number().nonnegative() }),
  ceilingAuc: Share,
  suspiciousGain: z.number().nonnegative(),
  minPositives: z.int().nonnegative(),
  maxLatencyMs: z.number().positive(),
  slices: z.object({ minPositives: z.int().nonnegative(), alpha: Share }),
});

const Request = z
  .object({
    /** Address of the evaluation report: `s3://bucket/key` or `file:///…`. */
    evaluation: z.string().regex(/^(s3|file):\/\//, 'is no address: s3://bucket/key or file:///…'),
    /** Whose policy holds, where none is given. */
    project: z.string().min(1).optional(),
    policy: Policy.optional(),
    /** Digest of the champion that the report compares with; `null` where there is none. */
    championDigest: z.string().min(1).nullable(),
  })
  .refine(({ project, policy }) => (project === undefined) !== (policy === undefined), {
    message: 'one of project and policy says what the gate asks for',
  });

export type GateAnswer =
  | ({ readonly ok: true } & GateVerdict)
  | { readonly ok: false; readonly error: { readonly type: string; readonly message: string } };

export interface GateFunctionPorts {
  /** @throws where there is nothing at the address */
  readonly read: (uri: string) => Promise<Uint8Array>;
  /** @throws UnknownProject */
  readonly policyOf: (project: string) => GatePolicy;
}

/** A verdict is an answer, whatever it says. So is a request that is none; what can't be read is thrown, to be tried again. */
export function createGateFunction({
  read,
  policyOf,
}: GateFunctionPorts): (event: unknown) => Promise<GateAnswer> {
  return async (event) => {
    const request = Request.safeParse(event);
    if (!request.success) return refused('InvalidRequest', z.prettifyError(request.error));
    const { evaluation, project, policy, championDigest } = request.data;
    const report = parsedReport(await read(evaluation));
    if (report === undefined) return refused('InvalidReport', `${evaluation} is no evaluation report`);
    const asked = policy ?? policyOf(project ?? '');
    return { ok: true, ...judge(report, asked, { championDigest }) };
  };
}

/** What is missing in a report fails its gate; that it is one at all is what is looked at here. */
function parsedReport(bytes: Uint8Array): EvaluationReport | undefined {
  try {
    const report = JSON.parse(new TextDecoder().decode(bytes)) as EvaluationReport | null;
    return typeof report === 'object' && report !== null && !Array.isArray(report) ? report : undefined;
  } catch {
    return undefined;
  }
}

function refused(type: string, message: string): GateAnswer {
  return { ok: false, error: { type, message } };
}
