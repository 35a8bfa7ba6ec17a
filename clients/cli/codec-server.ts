/** `assay codec-server`: lets Temporal's Web UI and command line show what is encrypted, to whom they may. */
import { once } from 'node:events';
import { Option, type Command } from 'commander';

import type { CodecServer } from '../../workers/encryption/codec-server.ts';
import { action, example, type CommandContext } from './command.ts';

interface CodecListener {
  readonly host: string;
  readonly port: number;
  readonly origins: readonly string[];
  /** Answers everybody who reaches it: of this machine alone. */
  readonly open: boolean;
}

export interface CodecServices {
  /** @throws Error where there are no keys, or nobody could be told from anybody else */
  readonly startCodecServer: (listener: CodecListener) => Promise<CodecServer>;
}

interface Flags {
  readonly host: string;
  readonly port: number;
  readonly origin: readonly string[];
  readonly withoutAuthentication?: boolean;
}

const MOST_PORTS = 65_535;

export function registerCodecServer(program: Command, context: CommandContext<CodecServices>): void {
  program
    .command('codec-server')
    .description("decodes payloads for Temporal's Web UI and command line; keys from ASSAY_ENCRYPTION_KEYS")
    .option('--host <host>', 'where to listen', '127.0.0.1')
    .addOption(
      new Option('--port <port>', 'where to listen; 0 takes a free one').default(8081).argParser(portOf),
    )
    .option('--origin <url...>', 'of the Web UI: browsers of no other page are answered', [])
    .option('--without-authentication', 'answers everybody; on 127.0.0.1 only')
    .addHelpText(
      'before',
      example(
        'ASSAY_CODEC_TOKEN=… assay codec-server --origin https://temporal.example.org',
        'temporal workflow show -w RUN --codec-endpoint http://127.0.0.1:8081 --codec-auth "Bearer …"',
      ),
    )
    .action(
      action(context, async ({ startCodecServer }, { host, port, origin, withoutAuthentication }: Flags) => {
        const open = withoutAuthentication === true;
        const server = await startCodecServer({ host, port, origins: origin, open });
        context.output.line(server.url);
        context.output.note('Ctrl-C stops it.');
        await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
        await server.close();
        return 0;
      }),
    );
}

/** @throws Error that commander prints */
function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= MOST_PORTS) return port;
  throw new Error(`--port takes a number from 0 to ${MOST_PORTS}, not '${text}'.`);
}
