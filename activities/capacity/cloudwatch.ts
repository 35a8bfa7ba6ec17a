/** Figures as metrics of Amazon CloudWatch, in the namespace `Assay`, by environment and queue. */
import { CloudWatchClient, PutMetricDataCommand, type MetricDatum } from '@aws-sdk/client-cloudwatch';

import type { Figure, FigureSink } from './contract.ts';

const NAMESPACE = 'Assay';
/** Limits of PutMetricData. */
const MOST_METRICS = 1000;
const MOST_VALUES = 150;

export interface CloudWatchOptions {
  /** What the dimension `Environment` says: the alarms' name for this installation. */
  readonly environment: string;
  /** Of a server other than AWS's own, and where requests are signed for. */
  readonly endpoint?: string;
  readonly region?: string;
}

export function createCloudWatchSink({ environment, ...options }: CloudWatchOptions): FigureSink {
  const client = new CloudWatchClient(options);
  return {
    async put(figures) {
      const data = figures.flatMap((figure) => datumsOf(figure, environment));
      for (let at = 0; at < data.length; at += MOST_METRICS) {
        const MetricData = data.slice(at, at + MOST_METRICS);
        await client.send(new PutMetricDataCommand({ Namespace: NAMESPACE, MetricData }));
      }
    },
  };
}

function datumsOf({ name, unit, values, queue }: Figure, environment: string): MetricDatum[] {
  const Dimensions = [
    { Name: 'Environment', Value: environment },
    ...(queue === undefined ? [] : [{ Name: 'Queue', Value: queue }]),
  ];
  const pieces = Array.from({ length: Math.ceil(values.length / MOST_VALUES) }, (_, at) =>
    values.slice(at * MOST_VALUES, (at + 1) * MOST_VALUES),
  );
  return pieces.map((piece) => ({ MetricName: name, Unit: unit, Dimensions, Values: [...piece] }));
}
