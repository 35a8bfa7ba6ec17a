import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { paramRows } from './params-view.ts';

describe('paramRows', () => {
  it('tells of each param its kind, whether it may be left out, and its rules', () => {
    const schema = z.object({
      project: z.string().min(1).describe('as in pipelines/projects.ts'),
      upTo: z.int().min(1).max(1000).default(5),
      reviewers: z.array(z.string()).default(['ann']),
      mode: z.enum(['full', 'new']).optional(),
      at: z.union([z.string(), z.number()]).optional(),
    });
    expect(paramRows(z.toJSONSchema(schema, { io: 'input' }))).toEqual([
      ['project', 'string', 'required', 'minLength 1, as in pipelines/projects.ts'],
      ['upTo', 'integer', '5', 'minimum 1, maximum 1000'],
      ['reviewers', 'string[]', '["ann"]', ''],
      ['mode', '"full" | "new"', 'optional', ''],
      ['at', 'string | number', 'optional', ''],
    ]);
  });

  it('tells nothing of a pipeline that takes whatever it is given', () => {
    expect(paramRows({})).toEqual([]);
  });
});
