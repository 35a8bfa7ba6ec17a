/**
 * Whether what came by a signal is what runs and pools say to each other. A signal can't refuse, and to stumble over one
 * that somebody sent by hand would stall the workflow, and whoever waits for it, for ever.
 */
import type { Granted, PoolHolder, PoolMessage, PoolTold, Ticket } from './messages.ts';

type Fields<T> = Readonly<Partial<Record<keyof T, unknown>>>;

export function isPoolTold(given: unknown): given is PoolTold {
  const { declared, messages } = fieldsOf<PoolTold>(given);
  return isWhole(declared) && isListOf(messages, isMessage);
}

export function isGranted(given: unknown): given is Granted {
  const { pool, holder, tickets } = fieldsOf<Granted>(given);
  return isText(pool) && isHolder(holder) && isListOf(tickets, isText);
}

function isMessage(given: unknown): boolean {
  const { holder, ask = [], back = [], held = [] } = fieldsOf<PoolMessage>(given);
  return isHolder(holder) && isListOf(ask, isTicket) && isListOf(back, isText) && isListOf(held, isTicket);
}

function isHolder(given: unknown): boolean {
  const { workflowId, firstRunId } = fieldsOf<PoolHolder>(given);
  return isText(workflowId) && isText(firstRunId);
}

function isTicket(given: unknown): boolean {
  // What is wrong with its slots the pool tells whoever asks; unheard, they would wait for ever.
  return isText(fieldsOf<Ticket>(given).id);
}

function isWhole(given: unknown): boolean {
  return Number.isInteger(given) && Number(given) >= 0;
}

function isText(given: unknown): boolean {
  return typeof given === 'string';
}

function isListOf(given: unknown, isOne: (one: unknown) => boolean): boolean {
  return Array.isArray(given) && given.every(isOne);
}

function fieldsOf<T>(given: unknown): Fields<T> {
  return (typeof given === 'object' && given !== null ? given : {}) as Fields<T>;
}
