/** What the commands that stand alone work with: any file, DuckDB, and nothing else. */
import type { CompareFiles } from '../activities/drift/contract.ts';
import type { CheckFile } from '../activities/lake/check-file.ts';
import type { ComparisonPage } from '../activities/reports/comparison/render.ts';
import type { Services } from './services.ts';

export interface FileServices {
  readonly compareFiles: CompareFiles;
  readonly checkFile: CheckFile;
  /** A self-contained HTML page. */
  readonly drawComparison: (comparison: ComparisonPage) => Promise<string>;
}

/** DuckDB, and the charts' library, are loaded by the first call that needs them. */
export function fileServices({ duckdb }: Pick<Services, 'duckdb'>): FileServices {
  return {
    async compareFiles(...args) {
      const { createCompareFiles } = await import('../activities/drift/compare-files.ts');
      const { openTableFile } = await import('../activities/lake/table-file.ts');
      return createCompareFiles({ duckdb: await duckdb(), openFile: openTableFile })(...args);
    },
    async checkFile(...args) {
      const { createCheckFile } = await import('../activities/lake/check-file.ts');
      return createCheckFile({ duckdb: await duckdb() })(...args);
    },
    async drawComparison(comparison) {
      const { renderComparison } = await import('../activities/reports/comparison/render.ts');
      return renderComparison(comparison);
    },
  };
}
