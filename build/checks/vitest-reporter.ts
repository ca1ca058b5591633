import type { SerializedError } from 'vitest';
import type { Reporter, TestModule } from 'vitest/node';
import { leaveOutcome } from './outcome.ts';

/** Counts tests, and takes the reason of each skip from `context.skip(reason)`. */
export const vitestReporter: Reporter = {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]) {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const inState = (state: string): number =>
      tests.filter((test) => test.result().state === state).length;
    // A file or a group that fails outside any test, in an import or a hook.
    const failedOutside = modules.flatMap((module) => [
      ...module.errors(),
      ...[...module.children.allSuites()].flatMap((suite) => suite.errors()),
    ]).length;
    leaveOutcome({
      passed: inState('passed'),
      failed: inState('failed') + failedOutside + unhandledErrors.length,
      skipped: tests.flatMap((test) => {
        const result = test.result();
        if (result.state !== 'skipped') return [];
        return [
          { name: `${test.module.relativeModuleId} › ${test.fullName}`, reason: result.note },
        ];
      }),
    });
  },
};
