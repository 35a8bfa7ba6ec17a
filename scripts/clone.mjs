/** Where this clone stands, and the folder that keeps what is made for it alone. */
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

export const cloneRoot = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** Locks, and `parts.json`: where set-up found the native parts. */
export const localFolder = join(cloneRoot, '.assay');
