import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { Component } from '../../workers/components.ts';
import { diagnose, registerDoctor } from './doctor.ts';
import { createOutput } from './output.ts';

const duckdb: Component = {
  name: 'DuckDB',
  needed: true,
  mend: 'npm ci',
  try: async () => ({ version: '1.5.6', where: 'node_modules' }),
};
const python: Component = {
  name: 'Python',
  needed: false,
  mend: 'install it',
  try: () => Promise.reject(new Error('no such command')),
};

describe('assay doctor', () => {
  const doctor = async (
    components: Component[],
    ...args: string[]
  ): Promise<{ code: number; text: string }> => {
    let text = '';
    let code = -1;
    const stream = { write: (piece: string) => (text += piece) };
    const program = new Command();
    registerDoctor(program, {
      output: createOutput(stream, stream),
      services: async () => ({ components }),
      exit: (given) => (code = given),
    });
    await program.parseAsync(['doctor', ...args], { from: 'user' });
    return { code, text };
  };

  it('says which version of a component was found and where', async () => {
    const { code, text } = await doctor([duckdb]);
    expect(code).toBe(0);
    expect(text.split('\n')[1]).toMatch(/^ok +DuckDB +1\.5\.6 +node_modules$/);
  });

  it('is content without an optional component, but says how to get it', async () => {
    const { code, text } = await doctor([duckdb, python]);
    expect(code).toBe(0);
    expect(text).toMatch(/^optional +Python +no such command$/m);
    expect(text).toContain('To mend Python (optional): install it');
  });

  it('says no where a needed component fails', async () => {
    const { code, text } = await doctor([{ ...python, needed: true }]);
    expect(code).toBe(1);
    expect(text).toMatch(/^missing +Python +no such command$/m);
    expect(text).toContain('To mend Python: install it');
  });

  it('gives the same as one JSON document', async () => {
    const { text } = await doctor([duckdb, python], '--json');
    expect(JSON.parse(text)).toEqual({
      healthy: true,
      components: [
        { name: 'DuckDB', needed: true, ok: true, version: '1.5.6', where: 'node_modules' },
        { name: 'Python', needed: false, ok: false, problem: 'no such command', mend: 'install it' },
      ],
    });
  });
});

describe('diagnose', () => {
  it('takes a component that never answers for one that fails', async () => {
    const silent = { ...duckdb, try: () => new Promise<never>(() => undefined) };
    expect(await diagnose([silent, duckdb], 50)).toMatchObject([
      { ok: false, problem: 'no answer in 0.05 s' },
      { ok: true },
    ]);
  });
});
