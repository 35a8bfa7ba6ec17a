/**
 * `model.tar.gz` as a job leaves it. The one file that is wanted is written to a path of ours, so that no name in the
 * archive ever becomes a path; an archive that tries all the same, or unpacks to more than it may, is refused whole.
 */
import { createWriteStream } from 'node:fs';
import { Readable, Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { createGunzip } from 'node:zlib';

import { ApplicationFailure } from '@temporalio/common';
import { createTarDecoder, type ParsedTarEntry } from 'modern-tar';

/** The container saves without an extension: UBJSON since XGBoost 2.1. */
const MODEL = 'xgboost-model';
/** Room for the headers and the padding of a tar. */
const HEADERS = 1024 * 1024;

/** @param file where the model is written @throws InvalidArchive */
export async function unpackModel(archive: Readable, file: string, maxBytes: number): Promise<void> {
  try {
    if (await unpack(archive, file, maxBytes)) return;
  } catch (error) {
    if (error instanceof ApplicationFailure || !isDamage(error)) throw error;
    throw invalid(`it is no tar.gz (${error.message})`);
  } finally {
    archive.destroy();
  }
  throw invalid(`there is no ${MODEL} in it; with _kfold there are several, and no one to choose`);
}

/** Whether the model was there. */
async function unpack(archive: Readable, file: string, maxBytes: number): Promise<boolean> {
  const decoder = createTarDecoder({ strict: true });
  const fed = pipeline(
    archive,
    atMost(maxBytes, { told: maxBytes, how: 'packed' }),
    createGunzip(),
    atMost(maxBytes + HEADERS, { told: maxBytes, how: 'unpacked' }),
    Writable.fromWeb(decoder.writable as never),
  );
  const taken = takeModel(decoder.readable, file);
  // Both ends hear of a fault; the end that it is in knows the reason.
  const [feeding, taking] = await Promise.allSettled([fed, taken]);
  if (taking.status === 'rejected' && taking.reason instanceof ApplicationFailure) throw taking.reason;
  if (feeding.status === 'rejected') throw feeding.reason;
  if (taking.status === 'rejected') throw taking.reason;
  return taking.value;
}

async function takeModel(entries: ReadableStream<ParsedTarEntry>, file: string): Promise<boolean> {
  let found = false;
  for await (const { header, body } of entries) {
    checkEntry(header.name, header.type ?? 'file');
    if (header.name.replace(/^\.\//, '') !== MODEL) {
      await body.cancel();
      continue;
    }
    if (found) throw invalid(`there are two files ${MODEL} in it`);
    found = true;
    await pipeline(Readable.fromWeb(body as never), createWriteStream(file, { flags: 'wx' }));
  }
  return found;
}

/** @throws InvalidArchive for a path out of the archive, and for anything but files and folders */
function checkEntry(name: string, type: string): void {
  if (name.startsWith('/') || /(^|[/\\])\.\.([/\\]|$)/.test(name) || name.includes('\0')) {
    throw invalid(`the name ${JSON.stringify(name)} leads out of it`);
  }
  if (type !== 'file' && type !== 'directory') throw invalid(`${JSON.stringify(name)} is a ${type}`);
}

function atMost(bytes: number, { told, how }: { readonly told: number; readonly how: string }): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      if (seen <= bytes) done(null, chunk);
      else
        done(
          invalid(`${how} it is larger than ${told} bytes, which maxModelBytes in temporal.config.ts allows`),
        );
    },
  });
}

/** Of the archive, and not of the network or the disk. */
function isDamage(error: unknown): error is Error {
  const code = (error as { code?: string }).code ?? '';
  return error instanceof Error && (code.startsWith('Z_') || code === '');
}

function invalid(reason: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`The model archive is refused: ${reason}.`, 'InvalidArchive');
}
