import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

describe('scripts/retrain.mjs', () => {
  it('stands in the README as it is, in at most twenty lines', () => {
    const script = read('./retrain.mjs');
    expect(read('../README.md')).toContain(`\`\`\`js\n${script}\`\`\`\n`);
    expect(script.trimEnd().split('\n').length).toBeLessThanOrEqual(20);
  });
});
