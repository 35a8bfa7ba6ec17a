/** Something asked for that can't be done: what, why, and the command that comes next. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** The cause, as programs tell it apart: `UnknownRun`, `RunExists`, … */
  readonly type: string;
  /** The next command to try, whole. */
  readonly next: string | undefined;
  readonly details: unknown;

  constructor(type: string, message: string, rest: { next?: string; details?: unknown } = {}) {
    super(message);
    this.type = type;
    this.next = rest.next;
    this.details = rest.details;
  }
}
