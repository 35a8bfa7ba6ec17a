/** What the registry refuses, and what to do then. */
import { ApplicationFailure } from '@temporalio/common';
import type { RegistryEntry } from './contract.ts';

export function unknownModel(model: string, known: readonly string[]): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `There is no model "${model}" in the registry. Known models: ${known.join(', ') || 'none yet; a training run registers one'}.`,
    'UnknownModel',
    { model, known, next: 'assay models list' },
  );
}

export function unknownVersion(model: string, version: number, known: readonly number[]): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `The model "${model}" has no version ${version}. Its versions: ${known.join(', ')}.`,
    'UnknownVersion',
    { model, version, known, next: `assay models show ${model}` },
  );
}

export function aliasConflict(
  model: string,
  expected: number | null,
  holder: number | null,
  moved: RegistryEntry | undefined,
): ApplicationFailure {
  const now = holder === null ? 'has no champion' : `has version ${holder} as its champion`;
  const since = moved ? `, moved by ${moved.by} at ${moved.at}` : '';
  const before = expected === null ? 'no champion' : `version ${expected}`;
  return ApplicationFailure.nonRetryable(
    `"${model}" ${now}${since}, where ${before} was expected. Compare with the champion of now, and promote again.`,
    'AliasConflict',
    {
      model,
      alias: 'champion',
      expected,
      holder,
      by: moved?.by,
      at: moved?.at,
      next: `assay models log ${model}`,
    },
  );
}

export function nothingToRollBack(model: string, champion: number | null): ApplicationFailure {
  const state =
    champion === null ? 'it has no champion' : `no version came before its champion, version ${champion}`;
  return ApplicationFailure.nonRetryable(
    `"${model}" cannot be rolled back: ${state}, or the one step back was already taken. Promote the version that you want.`,
    'NothingToRollBack',
    { model, champion, next: `assay models log ${model}` },
  );
}

export function logIncomplete(model: string, number: number): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `Entry ${number} of the log of "${model}" is missing, though later ones exist: something deleted it. Restore it.`,
    'RegistryLogIncomplete',
    { model, number },
  );
}
