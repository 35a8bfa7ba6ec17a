/** A mail server that speaks as much SMTP (RFC 5321) as a sender of notices hears: it takes mail, or refuses it. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  /** Header and text, as they came. */
  readonly data: string;
}

export interface MailServer {
  /** `smtp://127.0.0.1:<port>` */
  readonly url: string;
  readonly mails: Mail[];
  /** The answer to the next DATA, in place of taking it. */
  refuse(answer: string): void;
  stop(): Promise<void>;
}

export async function startMailServer(): Promise<MailServer> {
  const mails: Mail[] = [];
  const refusals: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    converse(socket, (mail) => {
      const refusal = refusals.shift();
      if (refusal === undefined) mails.push(mail);
      return refusal ?? '250 taken';
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    refuse: (answer) => void refusals.push(answer),
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function converse(socket: Socket, take: (mail: Mail) => string): void {
  const say = (line: string): void => void socket.write(`${line}\r\n`);
  let from = '';
  let to: string[] = [];
  let data: string[] | undefined;
  let rest = '';
  const hear = (line: string): void => {
    if (data !== undefined) {
      if (line !== '.') return void data.push(line.replace(/^\./, ''));
      say(take({ from, to, data: data.join('\n') }));
      data = undefined;
      to = [];
      return;
    }
    const address = /<(.*)>/.exec(line)?.[1] ?? '';
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'MAIL') from = address;
    if (verb === 'RCPT') to.push(address);
    if (verb === 'DATA') {
      data = [];
      say('354 go on');
    } else if (verb === 'QUIT') socket.end('221 bye\r\n');
    else if (verb === 'STAR') say('502 no encryption here');
    else say('250 ok');
  };
  socket.on('data', (chunk) => {
    const lines = (rest + chunk.toString()).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) hear(line);
  });
  socket.on('error', () => undefined);
  say('220 test');
}
