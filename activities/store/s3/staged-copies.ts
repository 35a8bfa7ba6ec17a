/** What takes room in a cache of staged objects, and who may take it away. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

interface Copy {
  readonly path: string;
  readonly bytes: number;
  /** 1 where nobody uses it. */
  readonly links: number;
  /** Milliseconds since 1970. */
  readonly usedAt: number;
}

interface CacheFolders {
  readonly folder: string;
  readonly objects: string;
  readonly own: string;
}

/** By inode: a file counts once, under however many names. The cache's own downloads are left out, it knows them. */
export async function findCopies({ folder, objects, own }: CacheFolders): Promise<Map<number, Copy>> {
  const found = new Map<number, Copy>();
  const held = (await filesUnder(join(folder, 'processes'))).filter(
    (path) => !(path.startsWith(own) && path.endsWith('.partial')),
  );
  for (const path of [...held, ...(await filesUnder(objects))]) {
    const seen = await stat(path).catch(() => undefined);
    if (seen === undefined) continue;
    // Only what stands among the objects may be evicted: everything else is somebody's.
    const links = path.startsWith(objects) ? seen.nlink : Infinity;
    found.set(seen.ino, { path, bytes: seen.size, links, usedAt: seen.mtimeMs });
  }
  return found;
}

/** Other processes remove folders meanwhile. */
async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
