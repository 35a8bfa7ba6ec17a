/** Brings a version's data files to this machine, several at a time: from a remote store each is a journey. */
import { ApplicationFailure } from '@temporalio/common';

import type { TableRef } from '../../../workflows/domain/reference.ts';
import type { ObjectStore } from '../../store/contract.ts';
import type { DataFile } from '../contract.ts';
import { versionVacuumed } from '../errors.ts';
import { tableRoot } from './log.ts';
import type { StagedFile } from './view.ts';

const AT_ONCE = 8;

/** In the order of the files. @throws VersionNotFound when one of them is gone */
export async function stageFiles(
  store: ObjectStore,
  ref: TableRef,
  files: readonly DataFile[],
): Promise<StagedFile[]> {
  const staged: StagedFile[] = [];
  const waiting = files.entries();
  const worker = async (): Promise<void> => {
    for (const [index, { path, partition }] of waiting) {
      staged[index] = { path: await stageFile(store, ref, path), partition };
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return staged;
}

async function stageFile(store: ObjectStore, { table, version }: TableRef, path: string): Promise<string> {
  try {
    return await store.stage(tableRoot(table) + path);
  } catch (error) {
    const gone = error instanceof ApplicationFailure && error.type === 'ObjectNotFound';
    throw gone ? versionVacuumed(table, version, path) : error;
  }
}
