/** A vitest reporter that writes down what `npm test` says in its last lines. */
import { writeFileSync } from 'node:fs';
import type { SerializedError } from 'vitest';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

export interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  /** What failed outside any test: a file that did not load, a hook, an error nobody waited for. */
  readonly broken: readonly string[];
}

export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const file = process.env['ASSAY_TEST_SUMMARY'];
    if (file !== undefined) writeFileSync(file, JSON.stringify(summarize(modules, unhandled)));
  }
}

export function summarize(modules: readonly TestModule[], unhandled: readonly SerializedError[]): Summary {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const state = (test: TestCase): string => test.result().state;
  return {
    passed: tests.filter((test) => state(test) === 'passed').length,
    // A test that never came to an end has not passed.
    failed: tests.filter((test) => state(test) === 'failed' || state(test) === 'pending').length,
    skipped: tests.filter((test) => state(test) === 'skipped').map(skippedTest),
    broken: [...modules.flatMap(brokenParts), ...unhandled.map((error) => `unhandled: ${error.message}`)],
  };
}

function skippedTest(test: TestCase): Summary['skipped'][number] {
  const result = test.result();
  const note = result.state === 'skipped' ? result.note : undefined;
  return { name: `${test.module.relativeModuleId} > ${test.fullName}`, reason: note ?? 'no reason given' };
}

function brokenParts(module: TestModule): string[] {
  const suites = [...module.children.allSuites()].map((suite) => ({
    name: `${module.relativeModuleId} > ${suite.fullName}`,
    errors: suite.errors(),
  }));
  return [{ name: module.relativeModuleId, errors: module.errors() }, ...suites]
    .filter(({ errors }) => errors.length > 0)
    .map(({ name, errors }) => `${name}: ${errors.map((error) => error.message).join('; ')}`);
}
