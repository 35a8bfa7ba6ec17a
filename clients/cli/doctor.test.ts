import { describe, expect, it } from 'vitest';
import type { Component } from '../../workers/components.ts';
import { doctor } from './doctor.ts';

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

describe('doctor', () => {
  const examine = async (
    components: Component[],
    json = false,
  ): Promise<{ code: number; output: string }> => {
    let output = '';
    const code = await doctor(components, { json, patienceMs: 50, write: (text) => (output += text) });
    return { code, output };
  };

  it('says which version of a component was found and where', async () => {
    expect(await examine([duckdb])).toEqual({ code: 0, output: 'ok       DuckDB  1.5.6  node_modules' });
  });

  it('is content without an optional component, but says how to get it', async () => {
    const { code, output } = await examine([duckdb, python]);
    expect(code).toBe(0);
    expect(output).toContain('optional Python  no such command\n');
    expect(output).toContain('mend: install it');
  });

  it('says no where a needed component fails', async () => {
    const { code, output } = await examine([{ ...python, needed: true }]);
    expect(code).toBe(1);
    expect(output).toMatch(/^missing {2}Python {2}no such command/);
  });

  it('takes a component that never answers for one that fails', async () => {
    const { code, output } = await examine([{ ...duckdb, try: () => new Promise(() => undefined) }]);
    expect(code).toBe(1);
    expect(output).toContain('no answer in 0.05 s');
  });

  it('gives the same as one JSON document', async () => {
    const { output } = await examine([duckdb, python], true);
    expect(JSON.parse(output)).toEqual({
      healthy: true,
      components: [
        { name: 'DuckDB', needed: true, ok: true, version: '1.5.6', where: 'node_modules' },
        { name: 'Python', needed: false, ok: false, problem: 'no such command', mend: 'install it' },
      ],
    });
  });
});
