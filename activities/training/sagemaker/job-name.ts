/**
 * The name of a training job is its idempotency key: unique in an account and region for ever, and all there is, for
 * the API takes no client token.
 */
import { digestOf } from '../../artefact.ts';
import type { JobOrder } from './contract.ts';

/** SageMaker's own bound. */
const LONGEST = 63;
/** 64 bits of the key's digest: two keys of an account in a billion share them. */
const DIGITS = 16;

/** `<project>-<family>-<trial>-<digest of the key>-<turn>`; the digest alone tells keys apart, the rest is for people. */
export function jobName(
  order: Pick<JobOrder, 'project' | 'family' | 'trial'>,
  key: string,
  turn: number,
): string {
  const end = `${digestOf(key).slice(0, DIGITS)}-${turn}`;
  const words = [order.project, order.family, String(order.trial)]
    .join('-')
    .replaceAll(/[^A-Za-z0-9]+/g, '-');
  const start = words
    .replace(/^-+/, '')
    .slice(0, LONGEST - end.length - 1)
    .replace(/-+$/, '');
  return start === '' ? end : `${start}-${end}`;
}

/** Which job of its key a name is of, counted from 1. */
export function turnOf(name: string): number {
  return Number(name.slice(name.lastIndexOf('-') + 1));
}
