import { spawnSync } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { WrongNode, requireNode, satisfies } from './node-version.mjs';

interface Package {
  readonly engines?: { readonly node?: string };
  readonly optional?: boolean;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, Package>>;
};

describe('requireNode', () => {
  it.each(['20.19.0', '20.20.2', '22.12.0', '22.23.3', '24.0.0', '24.21.0', '25.9.0'])(
    'accepts %s',
    (version) => {
      expect(() => requireNode(version)).not.toThrow();
    },
  );

  it.each(['16.20.2', '18.20.8', '20.18.3', '21.7.3', '22.11.0', '23.11.1'])('refuses %s', (version) => {
    expect(() => requireNode(version)).toThrow(WrongNode);
  });

  it('says what is needed, what this is and where, and what to do', () => {
    expect(() => requireNode('22.11.0', '/opt/node')).toThrow(
      /^Assay needs Node 20 \(from 20\.19\), 22 \(from 22\.12\) or 24 and later; this is 22\.11\.0, \/opt\/node\.\nnext: install Node 24 /,
    );
  });

  // `npm ci` is strict about engines: what we accept and one of them does not would end in npm's words, after the downloads.
  it.each(['20.19.0', '22.12.0', '24.0.0'])(
    'accepts %s, as every package of the lock file does',
    (version) => {
      expect(() => requireNode(version)).not.toThrow();
      const refusing = Object.entries(packages).filter(
        ([, { engines, optional }]) => !optional && engines?.node && !satisfies(version, engines.node),
      );
      expect(refusing.map(([path, { engines }]) => `${path}: ${engines?.node}`)).toEqual([]);
    },
  );
});

describe('satisfies', () => {
  it.each([
    ['22.12.0', '^20.19.0 || >=22.12.0', true],
    ['22.11.9', '^20.19.0 || >=22.12.0', false],
    ['21.0.0', '^20.19.0 || >=22.12.0', false],
    ['20.20.0', '20 || >=22', true],
    ['21.0.0', '20.x || >= 22.x', false],
    ['24.0.0', '6.* || 8.* || >= 10.*', true],
    ['9.0.0', '6.* || 8.* || >= 10.*', false],
    ['20.3.0', '>= 20.3.0', true],
    ['20.2.9', '>= 20.3.0', false],
    ['0.1.0', '*', true],
    ['20.19.0', '20.19.0 - 24', false],
  ])('of %s in %s is %s', (version, range, expected) => {
    expect(satisfies(version, range)).toBe(expected);
  });
});

describe('a Node that is too old', () => {
  let clone: string;

  /** Our scripts, and a package.json that no Node satisfies; dist/ is there, as it is where Node was changed later. */
  beforeAll(async () => {
    clone = await temporaryFolder('node-version');
    for (const name of ['scripts', 'bin']) await cp(join(root, name), join(clone, name), { recursive: true });
    await writeFile(join(clone, 'package.json'), '{"type":"module","engines":{"node":">=999"}}');
    await mkdir(join(clone, 'dist', 'clients', 'cli'), { recursive: true });
    await writeFile(join(clone, 'dist', 'clients', 'cli', 'main.js'), `throw new Error('was loaded');`);
  });

  it.each([
    'bin/assay --help',
    'bin/assay doctor',
    'bin/assay check',
    'scripts/start.mjs',
    'scripts/setup.mjs',
    'scripts/build.mjs',
    'scripts/bench.mjs',
  ])('is refused by %s before anything is fetched or loaded', (command) => {
    const [script = '', ...args] = command.split(' ');
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(clone, script), ...args], {
      encoding: 'utf8',
    });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toBe(
      `assay: Assay needs Node 999 and later; this is ${process.versions.node}, ${process.execPath}.\n` +
        'next: install Node 24 (https://nodejs.org, or nvm install 24), put it first in PATH, then the same command again\n',
    );
  });
});
