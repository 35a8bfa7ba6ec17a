/** What Temporal's lists can be filtered by. Set at a run's start and end only: an upsert costs an event. */
import { defineSearchAttributeKey, SearchAttributeType, type SearchAttributePair } from '@temporalio/common';
import { upsertSearchAttributes } from '@temporalio/workflow';
import type { RunState } from '../domain/run-record.ts';

const KEYS = {
  pipeline: defineSearchAttributeKey('AssayPipeline', SearchAttributeType.KEYWORD),
  runType: defineSearchAttributeKey('AssayRunType', SearchAttributeType.KEYWORD),
  state: defineSearchAttributeKey('AssayState', SearchAttributeType.KEYWORD),
  model: defineSearchAttributeKey('AssayModel', SearchAttributeType.KEYWORD),
  fireTime: defineSearchAttributeKey('AssayFireTime', SearchAttributeType.DATETIME),
  tags: defineSearchAttributeKey('AssayTags', SearchAttributeType.KEYWORD_LIST),
};

export interface Searchable {
  readonly pipeline?: string;
  readonly runType?: string;
  readonly state?: RunState | 'held';
  readonly model?: string;
  readonly fireTime?: Date;
  readonly tags?: string[];
}

/** Only those the namespace knows: one unknown attribute would stall the run for ever. */
export function publish(values: Searchable, known: readonly string[]): void {
  const all: (SearchAttributePair | undefined)[] = [
    values.pipeline === undefined ? undefined : { key: KEYS.pipeline, value: values.pipeline },
    values.runType === undefined ? undefined : { key: KEYS.runType, value: values.runType },
    values.state === undefined ? undefined : { key: KEYS.state, value: values.state },
    values.model === undefined ? undefined : { key: KEYS.model, value: values.model },
    values.fireTime === undefined ? undefined : { key: KEYS.fireTime, value: values.fireTime },
    values.tags === undefined ? undefined : { key: KEYS.tags, value: values.tags },
  ];
  const pairs = all.filter((pair) => pair !== undefined && known.includes(pair.key.name));
  if (pairs.length > 0) upsertSearchAttributes(pairs as SearchAttributePair[]);
}
