/**
 * Decides what is to be done about a model, for as long as there is one: one workflow for each, `governor-<model>`.
 * All that it decides on stands in the registry and in the monitoring table, so that a late or repeated message
 * can change nothing: it only makes the governor look again.
 */
import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  log,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';

import type { Answer, Ask, PersonsWord } from '../activities/governance/contract.ts';
import type { Decision } from './domain/governance/decision.ts';
import type { RetrainingOutcome } from './domain/governance/outcome.ts';
import type { RetrainingRequest } from './domain/governance/situation.ts';
import { wholeSecond } from './domain/run-id.ts';
import { causesOf } from './engine/failures.ts';
import { held } from './governor-told.ts';
import {
  callPeople,
  decideNow,
  recordWord,
  retrain,
  type Decided,
  type Governed,
  type Word,
} from './governing.ts';
import { standing } from './standing.ts';

export interface GovernorInput extends Governed {
  /** Go on in a new history at this many events instead of when the server suggests it: for tests. */
  readonly continueAfterEvents?: number;
  /** What it takes along into a new history. */
  readonly carried?: Carried;
}

interface Carried {
  /** Answers by the keys of their asks, and the IDs of requests that were heard: the newest last. */
  readonly answers: readonly (readonly [string, Answer])[];
  readonly heard: readonly string[];
  readonly latest: Latest;
}

/** The newest decision, and the newest retraining that has ended. */
interface Latest {
  readonly decision?: Decision;
  readonly retraining?: RetrainingOutcome;
}

export interface GovernorState extends Governed, Latest {
  /** The retraining that is under way. */
  readonly running?: string;
  /** It waits for a person's approval. */
  readonly held?: true;
}

/** By `temporal workflow signal`; nothing is required. */
interface Request {
  readonly reason?: string;
  readonly by?: string;
  /** RFC 3339; now by default. */
  readonly asOf?: string;
  /** A request that was heard before under this ID is no new one. */
  readonly id?: string;
}

type Message =
  | {
      readonly kind: 'look';
      readonly asOf: string;
      readonly key?: string;
      readonly request?: RetrainingRequest;
    }
  | { readonly kind: 'request'; readonly asOf: string; readonly request: RetrainingRequest }
  | { readonly kind: 'word'; readonly word: Word };

const monitored = defineSignal<[{ asOf?: string }?]>('monitored');
const retrainRequest = defineSignal<[Request?]>('retrain');
const freeze = defineSignal<[Request?]>('freeze');
const resume = defineSignal<[Request?]>('resume');
const decision = defineUpdate<Answer, [Ask]>('decide');
const state = defineQuery<GovernorState>('state');

/** Callers that may still repeat themselves. */
const REMEMBERED = 50;

standing(governor);

export async function governor(input: GovernorInput): Promise<never> {
  const { project, model, carried, continueAfterEvents = Infinity } = input;
  const desk = new Desk({ project, model }, carried);
  setHandler(monitored, (input) => desk.hear({ kind: 'look', asOf: timeOf(input) }));
  setHandler(retrainRequest, (input) => desk.request(input));
  setHandler(freeze, (input) => desk.hear({ kind: 'word', word: { ...whoAndWhy(input), frozen: true } }));
  setHandler(resume, (input) => desk.hear({ kind: 'word', word: { ...whoAndWhy(input), frozen: false } }));
  setHandler(held, () => desk.hold());
  setHandler(decision, (ask) => desk.answer(ask), { validator: checkAsk });
  setHandler(state, () => desk.state());

  const isLong = (): boolean =>
    workflowInfo().continueAsNewSuggested || workflowInfo().historyLength > continueAfterEvents;
  for (;;) {
    await condition(() => desk.hasMessages || (isLong() && desk.isAtRest && allHandlersFinished()));
    if (!desk.hasMessages) return continueAsNew<typeof governor>({ ...input, carried: desk.carried() });
    await desk.turn();
  }
}

/** Messages lie here until the next turn, and answers until they are fetched. */
class Desk {
  readonly #governed: Governed;
  readonly #answers: Map<string, Answer>;
  readonly #failures = new Map<string, string>();
  readonly #heard: Set<string>;
  #inbox: Message[] = [];
  #turns = 0;
  #latest: Latest;
  #running: string | undefined;
  #isHeld = false;
  #isLooking = false;

  constructor(governed: Governed, carried: Carried = { answers: [], heard: [], latest: {} }) {
    this.#governed = governed;
    this.#answers = new Map(carried.answers);
    this.#heard = new Set(carried.heard);
    this.#latest = carried.latest;
  }

  get hasMessages(): boolean {
    return this.#inbox.length > 0;
  }

  /** Nothing is under way, and nothing is left to be looked at. */
  get isAtRest(): boolean {
    return this.#running === undefined && !this.hasMessages && !this.#isLooking;
  }

  /** All that is under way waits for a person, which may take days. */
  get isHeld(): boolean {
    return this.#isHeld && !this.hasMessages && !this.#isLooking;
  }

  hold(): void {
    this.#isHeld = this.#running !== undefined;
  }

  state(): GovernorState {
    return {
      ...this.#governed,
      ...this.#latest,
      ...(this.#running !== undefined && { running: this.#running }),
      ...(this.#isHeld && { held: true as const }),
    };
  }

  carried(): Carried {
    const answers = [...this.#answers].slice(-REMEMBERED);
    return { answers, heard: [...this.#heard].slice(-REMEMBERED), latest: this.#latest };
  }

  hear(message: Message): void {
    this.#inbox.push(message);
  }

  request(input: Request | undefined): void {
    if (input?.id !== undefined && this.#heard.has(input.id)) return;
    if (input?.id !== undefined) this.#heard.add(input.id);
    this.hear({ kind: 'request', asOf: timeOf(input), request: whoAndWhy(input) });
  }

  async answer({ key, asOf, wait = false, word }: Ask): Promise<Answer> {
    const asked = this.#inbox.some((message) => message.kind === 'look' && message.key === key);
    if (!this.#answers.has(key) && !asked) this.#ask(key, wholeSecond(asOf), word);
    this.#failures.delete(key);
    await condition(() => this.#answers.has(key) || this.#failures.has(key));
    if (wait) await condition(() => this.isAtRest || this.isHeld);
    const answer = this.#answers.get(key);
    if (answer) return answer;
    throw ApplicationFailure.nonRetryable(this.#failures.get(key) ?? 'not decided', 'NotDecided');
  }

  #ask(key: string, asOf: string, word: PersonsWord | undefined): void {
    if (word !== undefined && word.says !== 'retrain') {
      this.hear({ kind: 'word', word: { ...whoAndWhy(word), frozen: word.says === 'freeze' } });
    }
    const request = word?.says === 'retrain' ? { request: whoAndWhy(word) } : {};
    this.hear({ kind: 'look', asOf, key, ...request });
  }

  /** Everything that was heard since the last turn leads to one decision. */
  async turn(): Promise<void> {
    const messages = this.#inbox;
    this.#inbox = [];
    this.#turns += 1;
    this.#isLooking = true;
    const { workflowId, runId } = workflowInfo();
    const turn = `${workflowId}/${runId}/${this.#turns}`;
    for (const [at, message] of messages.entries()) {
      if (message.kind === 'word') await recordWord(this.#governed, message.word, `${turn}/${at}`);
    }
    const looks = messages.filter((message) => message.kind !== 'word');
    if (looks.length > 0) await this.#look(looks, turn);
    this.#isLooking = false;
  }

  async #look(looks: readonly Exclude<Message, { kind: 'word' }>[], turn: string): Promise<void> {
    const keys = looks.flatMap((look) => (look.kind === 'look' && look.key !== undefined ? [look.key] : []));
    const request = looks.find((look) => look.request !== undefined)?.request;
    const asOf =
      looks
        .map((look) => look.asOf)
        .toSorted()
        .at(-1) ?? timeOf(undefined);
    try {
      const look = { asOf, running: this.#running, request, key: keys[0] ?? turn };
      const decided = await decideNow(this.#governed, look);
      this.#latest = { ...this.#latest, decision: decided.decision };
      for (const key of keys) this.#answers.set(key, { decision: decided.decision });
      if (decided.decision.decision === 'retrain') this.#retrain(decided, keys);
      await callPeople(this.#governed, decided.decision);
    } catch (error) {
      const why = causesOf(error).at(-1)?.message ?? String(error);
      log.error('no decision could be made', { model: this.#governed.model, why });
      for (const key of keys) this.#failures.set(key, why);
    }
  }

  #retrain(decided: Decided, keys: readonly string[]): void {
    const { run, outcome } = retrain(this.#governed, decided);
    this.#running = run;
    void outcome.then((retraining) => {
      this.#running = undefined;
      this.#isHeld = false;
      this.#latest = { ...this.#latest, retraining };
      for (const key of keys) this.#answers.set(key, { decision: decided.decision, retraining });
      const isPromoted = 'promoted' in retraining && retraining.promoted !== null;
      // What to do after a rejection is decided at once: it may be time for a person to look.
      if (!isPromoted)
        this.hear({ kind: 'look', asOf: decided.decision.asOf, key: `${run}/${label(retraining)}` });
    });
  }
}

/** The same for every repetition of a run's end, and of no other end. */
function label(retraining: RetrainingOutcome): string {
  return 'error' in retraining ? 'failed' : `version ${retraining.challenger.version}`;
}

function whoAndWhy(input: Request | undefined): RetrainingRequest {
  return { by: input?.by ?? 'somebody', reason: input?.reason ?? 'no reason given' };
}

/** A signal can't be refused: what is no time is taken for now. */
function timeOf(input: { readonly asOf?: string } | undefined): string {
  return wholeSecond(isTime(input?.asOf) ? input.asOf : Date.now());
}

function checkAsk(ask: Ask): void {
  if (typeof ask?.key === 'string' && isTime(ask.asOf) && isWord(ask.word)) return;
  const message =
    'An ask is {"key": a text of its own, "asOf": a time in RFC 3339}, and if somebody wants something ' +
    '"word": {"says": "retrain", "freeze" or "resume", "by": who, "reason": why}.';
  throw ApplicationFailure.nonRetryable(message, 'InvalidAsk');
}

function isWord(word: PersonsWord | undefined): boolean {
  if (word === undefined) return true;
  return WORDS.has(word?.says) && typeof word.by === 'string' && typeof word.reason === 'string';
}

const WORDS: ReadonlySet<string> = new Set<PersonsWord['says']>(['retrain', 'freeze', 'resume']);

function isTime(value: unknown): value is string {
  return typeof value === 'string' && Number.isFinite(Date.parse(value));
}
