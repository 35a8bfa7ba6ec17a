/** Bodies as AWS documents them: EventBridge's, S3's and CloudWatch's own, and SNS round them. */
import { describe, expect, it } from 'vitest';

import { NotAnEvent, parseEvents } from './event.ts';
import { effectsOf, type EventRule } from './rule.ts';

/** docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
const objectCreated = {
  version: '0',
  id: '17793124-05d4-b198-2fde-7ededc63b103',
  'detail-type': 'Object Created',
  source: 'aws.s3',
  time: '2026-02-01T00:10:00Z',
  detail: {
    bucket: { name: 'lake' },
    object: {
      key: 'landing/readmission/a b.csv',
      size: 5,
      etag: 'b1946ac9',
      sequencer: '00617F08299329D189',
    },
    reason: 'PutObject',
  },
};

/** docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
const s3Notification = {
  Records: [
    {
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      eventTime: '2026-02-01T00:10:00.000Z',
      eventName: 'ObjectCreated:Put',
      s3: {
        bucket: { name: 'lake' },
        object: {
          key: 'landing/readmission/a+b.csv',
          size: 5,
          eTag: 'b1946ac9',
          sequencer: '00617F08299329D189',
        },
      },
    },
    { eventTime: '2026-02-01T00:10:00.000Z', eventName: 'ObjectRemoved:Delete', s3: {} },
  ],
};

/** docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html */
const trainingJob = {
  'detail-type': 'SageMaker Training Job State Change',
  source: 'aws.sagemaker',
  time: '2026-02-01T01:00:00Z',
  detail: {
    TrainingJobName: 'assay-training-1',
    TrainingJobArn: 'arn:aws:sagemaker:eu-central-1:123456789012:training-job/assay-training-1',
    TrainingJobStatus: 'Completed',
    SecondaryStatus: 'Completed',
  },
};

/** docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html */
const alarm = {
  'detail-type': 'CloudWatch Alarm State Change',
  source: 'aws.cloudwatch',
  time: '2026-02-01T02:00:01Z',
  detail: {
    alarmName: 'assay-prod-alarm-drift',
    state: { value: 'ALARM', reason: 'Threshold Crossed', timestamp: '2026-02-01T02:00:00.000+0000' },
    previousState: { value: 'OK' },
  },
};

/** The same alarm as CloudWatch gives it to a topic. */
const alarmNotification = {
  AlarmName: 'assay-prod-alarm-drift',
  NewStateValue: 'ALARM',
  NewStateReason: 'Threshold Crossed',
  StateChangeTime: '2026-02-01T02:00:00.000+0000',
};

const bySns = (message: unknown): string =>
  JSON.stringify({
    Type: 'Notification',
    TopicArn: 'arn:aws:sns:eu-central-1:1:t',
    Message: JSON.stringify(message),
  });

describe('parseEvents', () => {
  it('reads what EventBridge tells of objects, training jobs and alarms', () => {
    expect(
      [objectCreated, trainingJob, alarm].flatMap((event) => parseEvents(JSON.stringify(event))),
    ).toEqual([
      {
        kind: 'object-created',
        id: 's3:lake/landing/readmission/a b.csv#00617F08299329D189',
        at: '2026-02-01T00:10:00.000Z',
        bucket: 'lake',
        key: 'landing/readmission/a b.csv',
      },
      {
        kind: 'training-job',
        id: `sagemaker:${trainingJob.detail.TrainingJobArn}#Completed/Completed`,
        at: '2026-02-01T01:00:00.000Z',
        job: 'assay-training-1',
        status: 'Completed',
        secondaryStatus: 'Completed',
      },
      {
        kind: 'alarm',
        id: 'alarm:assay-prod-alarm-drift#ALARM@2026-02-01T02:00:00.000Z',
        at: '2026-02-01T02:00:00.000Z',
        alarm: 'assay-prod-alarm-drift',
        state: 'ALARM',
        reason: 'Threshold Crossed',
      },
    ]);
  });

  it('gives the same event the same ID, whoever tells of it and in whatever envelope', () => {
    const ids = (body: string): string[] => parseEvents(body).map(({ id }) => id);
    expect(ids(JSON.stringify(s3Notification))).toEqual(ids(JSON.stringify(objectCreated)));
    expect(ids(bySns(alarmNotification))).toEqual(ids(JSON.stringify(alarm)));
    expect(ids(bySns(JSON.parse(bySns(objectCreated))))).toEqual(ids(JSON.stringify(objectCreated)));
  });

  it('passes over what no rule can be about', () => {
    const others = [
      { 'detail-type': 'EC2 Instance State-change Notification', time: '2026-02-01T00:00:00Z', detail: {} },
      { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'lake' },
    ];
    expect(others.flatMap((other) => parseEvents(JSON.stringify(other)))).toEqual([]);
  });

  it.each([
    ['no JSON', '{"detail-type":'],
    ['no object', '42'],
    ['an unknown shape', '{"hello":"world"}'],
    ['an object without a key', JSON.stringify({ ...objectCreated, detail: { bucket: { name: 'lake' } } })],
    ['a time that is none', JSON.stringify({ ...objectCreated, time: 'yesterday' })],
    ['a key that is wrongly encoded', JSON.stringify(s3Notification).replace('a+b', '%E0%A4%A')],
    ['nothing in an envelope', bySns('nothing')],
  ])('refuses %s', (_what, body) => {
    expect(() => parseEvents(body)).toThrow(NotAnEvent);
  });
});

describe('effectsOf', () => {
  const rules: EventRule[] = [
    { name: 'wake', on: 'training-job', effect: () => ({ do: 'wake', pipeline: 'training' }) },
    {
      name: 'both',
      on: 'object-created',
      effect: ({ key }) => [
        { do: 'start', pipeline: 'medallion', params: { key } },
        { do: 'signal', workflow: 'governor-readmission', signal: 'monitored' },
      ],
    },
    { name: 'none', on: 'object-created', effect: () => undefined },
  ];

  it('asks the rules that are about such an event, and gives each effect a key of its own', () => {
    const [event] = parseEvents(JSON.stringify(objectCreated));
    expect(event && effectsOf(event, rules)).toEqual([
      {
        key: `${event?.id} both 0`,
        effect: { do: 'start', pipeline: 'medallion', params: { key: 'landing/readmission/a b.csv' } },
      },
      {
        key: `${event?.id} both 1`,
        effect: { do: 'signal', workflow: 'governor-readmission', signal: 'monitored' },
      },
    ]);
  });
});
