/**
 * Events from outside, as AWS words them: by EventBridge, by S3's and CloudWatch's own notifications, and by SNS as
 * the envelope of either. The ID is made of what happened, so that whoever tells it twice, and in whatever form, tells
 * the same.
 */
import { member, text } from './fields.ts';

interface Happened {
  readonly id: string;
  /** RFC 3339, UTC. */
  readonly at: string;
}

interface ObjectCreated extends Happened {
  readonly kind: 'object-created';
  readonly bucket: string;
  readonly key: string;
}

interface TrainingJobChanged extends Happened {
  readonly kind: 'training-job';
  readonly job: string;
  /** `InProgress`, `Completed`, `Failed`, `Stopping`, `Stopped`. */
  readonly status: string;
  readonly secondaryStatus?: string;
}

interface AlarmChanged extends Happened {
  readonly kind: 'alarm';
  readonly alarm: string;
  /** `OK`, `ALARM`, `INSUFFICIENT_DATA`. */
  readonly state: string;
  readonly reason?: string;
}

export type OutsideEvent = ObjectCreated | TrainingJobChanged | AlarmChanged;

/** A body that no rule could ever be meant for. */
export class NotAnEvent extends Error {
  override readonly name = 'NotAnEvent';
}

/** What a message tells; nothing where it is an event of a kind that rules can't be about. @throws NotAnEvent */
export function parseEvents(body: string): OutsideEvent[] {
  return eventsIn(parsed(body), 0);
}

/** SNS may carry what SNS has carried. */
const DEEPEST = 3;

function eventsIn(message: unknown, depth: number): OutsideEvent[] {
  const inner = text(message, 'Message');
  if (inner !== undefined && text(message, 'TopicArn') !== undefined && depth < DEEPEST) {
    return eventsIn(parsed(inner), depth + 1);
  }
  if (text(message, 'detail-type') !== undefined) return [fromEventBridge(message)].filter(isEvent);
  const records = member(message, 'Records');
  if (Array.isArray(records)) return records.map(fromS3).filter(isEvent);
  if (text(message, 'AlarmName') !== undefined) return [fromCloudWatch(message)];
  // What S3 sends when it is first connected.
  if (text(message, 'Event') === 's3:TestEvent') return [];
  throw new NotAnEvent('it is neither an event of EventBridge nor a notification of S3 or CloudWatch');
}

function fromEventBridge(event: unknown): OutsideEvent | undefined {
  const detail = member(event, 'detail');
  const at = time(text(event, 'time'));
  const type = text(event, 'detail-type') ?? '';
  switch (type) {
    case 'Object Created': {
      const [bucket, object] = [member(detail, 'bucket'), member(detail, 'object')];
      return objectCreated(at, {
        bucket: text(bucket, 'name'),
        key: text(object, 'key'),
        mark: markOf(object),
      });
    }
    case 'SageMaker Training Job State Change':
      return trainingJob(at, detail);
    case 'CloudWatch Alarm State Change': {
      const state = member(detail, 'state');
      return alarmChanged(time(text(state, 'timestamp') ?? at), {
        alarm: text(detail, 'alarmName'),
        state: text(state, 'value'),
        reason: text(state, 'reason'),
      });
    }
    default:
      return undefined;
  }
}

/** S3 encodes keys here as forms do, and not in what it gives to EventBridge. */
function fromS3(record: unknown): OutsideEvent | undefined {
  if (!(text(record, 'eventName') ?? '').startsWith('ObjectCreated:')) return undefined;
  const s3 = member(record, 's3');
  const [bucket, object] = [member(s3, 'bucket'), member(s3, 'object')];
  const key = text(object, 'key');
  return objectCreated(time(text(record, 'eventTime')), {
    bucket: text(bucket, 'name'),
    key: key === undefined ? undefined : decoded(key),
    mark: markOf(object),
  });
}

function fromCloudWatch(message: unknown): OutsideEvent {
  return alarmChanged(time(text(message, 'StateChangeTime')), {
    alarm: text(message, 'AlarmName'),
    state: text(message, 'NewStateValue'),
    reason: text(message, 'NewStateReason'),
  });
}

function objectCreated(
  at: string,
  { bucket, key, mark }: { bucket: string | undefined; key: string | undefined; mark: string },
): ObjectCreated {
  if (bucket === undefined || key === undefined) throw new NotAnEvent('it names no object');
  return { kind: 'object-created', id: `s3:${bucket}/${key}#${mark || at}`, at, bucket, key };
}

/** What tells one writing of a key from the next. */
function markOf(object: unknown): string {
  const version = text(object, 'version-id') ?? text(object, 'versionId');
  return version ?? text(object, 'sequencer') ?? text(object, 'etag') ?? text(object, 'eTag') ?? '';
}

function trainingJob(at: string, detail: unknown): TrainingJobChanged {
  const [job, status] = [text(detail, 'TrainingJobName'), text(detail, 'TrainingJobStatus')];
  if (job === undefined || status === undefined) throw new NotAnEvent('it names no training job');
  const secondaryStatus = text(detail, 'SecondaryStatus');
  return {
    kind: 'training-job',
    id: `sagemaker:${text(detail, 'TrainingJobArn') ?? job}#${status}/${secondaryStatus ?? ''}`,
    at,
    job,
    status,
    ...(secondaryStatus !== undefined && { secondaryStatus }),
  };
}

function alarmChanged(
  at: string,
  {
    alarm,
    state,
    reason,
  }: { alarm: string | undefined; state: string | undefined; reason: string | undefined },
): AlarmChanged {
  if (alarm === undefined || state === undefined) throw new NotAnEvent('it names no alarm');
  return {
    kind: 'alarm',
    id: `alarm:${alarm}#${state}@${at}`,
    at,
    alarm,
    state,
    ...(reason !== undefined && { reason }),
  };
}

/** CloudWatch writes `+0000` for UTC. */
function time(written: string | undefined): string {
  const ms = Date.parse((written ?? '').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  if (Number.isNaN(ms)) throw new NotAnEvent('it does not say when it happened');
  return new Date(ms).toISOString();
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    throw new NotAnEvent('the key of its object is not encoded as S3 does it');
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new NotAnEvent('it is no JSON');
  }
}

function isEvent(event: OutsideEvent | undefined): event is OutsideEvent {
  return event !== undefined;
}
