/** Lists and deletes objects, page by page. */
import { DeleteObjectsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';

import type { ObjectInfo } from '../contract.ts';
import { cancellation, fullKey, persist } from './bucket.ts';
import type { Bucket } from './bucket.ts';

/** S3 deletes no more in one request. */
const DELETED_AT_ONCE = 1000;

/** In the order of UTF-8 bytes, which is S3's own. */
export async function* listKeys(bucket: Bucket, prefix: string, after: string): AsyncGenerator<ObjectInfo> {
  let token: string | undefined;
  do {
    const page = await listPage(bucket, prefix, after, token);
    // Not every character that a key may have can stand in XML.
    const decode = page.EncodingType === 'url' ? decodeKey : (key: string): string => key;
    for (const { Key = '', Size = 0, LastModified = new Date(0) } of page.Contents ?? []) {
      const key = decode(Key).slice(bucket.prefix.length);
      // Consoles and gateways leave empty objects where people make folders.
      if (!key.endsWith('/')) yield { key, bytes: Size, modifiedAt: LastModified };
    }
    token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
}

export async function deleteKeys(bucket: Bucket, keys: readonly string[]): Promise<void> {
  const all = [...new Set(keys)].map((key) => ({ Key: fullKey(bucket, key) }));
  for (let at = 0; at < all.length; at += DELETED_AT_ONCE) {
    const command = new DeleteObjectsCommand({
      Bucket: bucket.name,
      Delete: { Objects: all.slice(at, at + DELETED_AT_ONCE), Quiet: true },
    });
    await persist(bucket, async () => {
      const { Errors: [first] = [] } = await bucket.client.send(command, cancellation());
      if (first)
        throw Object.assign(new Error(`${first.Key}: ${first.Message}`), { name: first.Code ?? 'Error' });
    });
  }
}

function listPage(
  bucket: Bucket,
  prefix: string,
  after: string,
  token: string | undefined,
): Promise<ListObjectsV2CommandOutput> {
  const command = new ListObjectsV2Command({
    Bucket: bucket.name,
    Prefix: bucket.prefix + prefix,
    EncodingType: 'url',
    ...(after !== '' && { StartAfter: bucket.prefix + after }),
    ...(token !== undefined && { ContinuationToken: token }),
  });
  return persist(bucket, () => bucket.client.send(command, cancellation()));
}

function decodeKey(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}
