/** A collector of OpenTelemetry, as far as OTLP/HTTP with JSON goes: it keeps what workers post to it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly seconds: number;
  readonly attributes: Attributes;
  /** 2 is a failure. */
  readonly status: { readonly code: number; readonly message?: string };
  readonly exceptions: readonly Attributes[];
  readonly resource: Attributes;
}

type Attributes = Readonly<Record<string, unknown>>;
type Pairs = readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];

/** `ExportTraceServiceRequest` of opentelemetry-proto, the fields that are looked at. */
interface Posted {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: Pairs };
    readonly scopeSpans: readonly { readonly spans: readonly PostedSpan[] }[];
  }[];
}
interface PostedSpan extends Pick<ReceivedSpan, 'traceId' | 'spanId' | 'name' | 'status'> {
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: Pairs;
  readonly events: readonly { readonly name: string; readonly attributes: Pairs }[];
}

export interface Collector {
  readonly address: string;
  /** As they came over the wire. */
  readonly bodies: readonly string[];
  spans(): ReceivedSpan[];
  stop(): Promise<void>;
}

/** @param answers `false`: it takes requests and stays silent */
export async function startCollector(answers = true): Promise<Collector> {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      if (request.url === '/v1/traces') bodies.push(body);
      if (answers) response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    spans: () => bodies.flatMap((body) => spansOf(JSON.parse(body) as Posted)),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function spansOf({ resourceSpans }: Posted): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map((span) => received(span, resource.attributes))),
  );
}

function received(span: PostedSpan, resource: Pairs): ReceivedSpan {
  const { traceId, spanId, parentSpanId, name, status } = span;
  return {
    traceId,
    spanId,
    parentSpanId,
    name,
    status,
    seconds: Number(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)) / 1e9,
    attributes: asRecord(span.attributes),
    exceptions: span.events
      .filter((event) => event.name === 'exception')
      .map((event) => asRecord(event.attributes)),
    resource: asRecord(resource),
  };
}

function asRecord(pairs: Pairs): Attributes {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, Object.values(value)[0]]));
}
