/** What the functions on runs work with. */
import type { Client } from '@temporalio/client';

import type { Ledger } from '../../activities/ledger/contract.ts';
import type { AssetCondition } from '../../workflows/domain/assets/condition.ts';
import type { Timetable } from '../../workflows/domain/calendar/timetable.ts';
import type { ParamsSchema } from '../../workflows/domain/params.ts';

export interface RunServices {
  readonly ledger: Ledger;
  readonly pipelines: ReadonlyMap<string, PipelineSource>;
  /** Connects at the first call; what only reads the ledger never makes it. */
  readonly client: () => Promise<Client>;
  /** Where runs are started: the control queue. */
  readonly taskQueue: string;
}

export interface PipelineSource {
  readonly name: string;
  readonly params?: () => ParamsSchema;
  readonly tags?: readonly string[];
  readonly description?: string;
  readonly maxActiveRuns?: number;
  readonly timetable?: Timetable;
  readonly assets?: AssetCondition;
}
