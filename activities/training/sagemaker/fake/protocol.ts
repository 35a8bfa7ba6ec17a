/** awsJson1.1 over HTTP: a POST whose `X-Amz-Target` names the operation, JSON in and out, times as seconds. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

type Json = Readonly<Record<string, unknown>>;

/** @throws ServiceError */
export type Operation = (input: Json) => Json | Promise<Json>;

/** What the service answers instead of a result; `type` is its `__type`. */
export class ServiceError extends Error {
  readonly type: string;
  readonly status: number;
  constructor(type: string, message: string, status = 400) {
    super(message);
    this.type = type;
    this.status = status;
  }
}

export const invalid = (message: string): ServiceError => new ServiceError('ValidationException', message);

const TARGET = 'SageMaker.';

/** @param before is told of every call, and may fail it */
export function serveOperations(
  operations: Readonly<Record<string, Operation>>,
  before: (operation: string, input: Json) => void,
): Server {
  return createServer((request, response) => {
    void answer(operations, before, request).then(
      (result) => send(response, 200, result),
      (error: unknown) => {
        if (error instanceof ServiceError)
          send(response, error.status, { __type: error.type, message: error.message });
        else send(response, 500, { __type: 'InternalFailure', message: String(error) });
      },
    );
  });
}

async function answer(
  operations: Readonly<Record<string, Operation>>,
  before: (operation: string, input: Json) => void,
  request: IncomingMessage,
): Promise<Json> {
  const name = String(request.headers['x-amz-target']).replace(TARGET, '');
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const operation = operations[name];
  if (!operation) throw new ServiceError('UnknownOperationException', `There is no ${name} here.`);
  const input = JSON.parse(Buffer.concat(chunks).toString() || '{}') as Json;
  before(name, input);
  return operation(input);
}

function send(response: ServerResponse, status: number, body: Json): void {
  const text = JSON.stringify(body, (_key, value: unknown) => value);
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(text);
}

/** As the wire has them. */
export function seconds(time: Date): number {
  return time.getTime() / 1000;
}
