/** `assay up`: server, Web UI and workers in the foreground, until Ctrl-C. */
import type { Embedded } from '../../workers/embedded.ts';

export interface UpOptions {
  /** Starts the server and the workers; resolves when they can take runs. */
  readonly start: () => Promise<Embedded>;
  /** Takes progress and notes, for stderr. */
  readonly note: (text: string) => void;
}

/** Ctrl-C, an orderly end from outside, a closed terminal. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** The server went away by itself. */
const BROKEN = 2;

/** Returns the exit code: 0 after Ctrl-C, 2 when the server was lost. */
export async function up({ start, note }: UpOptions): Promise<number> {
  const embedded = await start();
  note(`Temporal  ${embedded.address}`);
  if (embedded.ui !== undefined) note(`Web UI    ${embedded.ui}`);
  note('Ctrl-C stops the workers and the server.');
  return untilStopped(embedded, note);
}

/** Waits for a signal or for the loss of the server, then stops everything. */
export async function untilStopped(embedded: Embedded, note: (text: string) => void): Promise<number> {
  const asked = nextSignal();
  try {
    const lost = await Promise.race([asked.signal, embedded.lost]);
    if (lost === undefined) return 0;
    note(`The Temporal server has ended by itself (${lost}).`);
    return BROKEN;
  } finally {
    note('stopping …');
    await embedded.stop();
    asked.forget();
  }
}

/** A second Ctrl-C while everything stops changes nothing: the guard ends what is left in any case. */
function nextSignal(): { signal: Promise<undefined>; forget: () => void } {
  const listener = { call: (): void => undefined };
  const heard = (): void => listener.call();
  const signal = new Promise<undefined>((resolve) => {
    listener.call = () => resolve(undefined);
  });
  for (const name of STOP_SIGNALS) process.on(name, heard);
  return {
    signal,
    forget: () => STOP_SIGNALS.forEach((name) => process.off(name, heard)),
  };
}
