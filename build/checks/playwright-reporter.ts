import type { FullConfig, Reporter, Suite, TestCase, TestError } from '@playwright/test/reporter';
import { leaveOutcome } from './outcome.ts';

/** Counts tests, and takes the reason of each skip from `test.skip(condition, reason)`. */
export default class PlaywrightReporter implements Reporter {
  private tests: TestCase[] = [];
  private errors = 0;

  onBegin(_config: FullConfig, suite: Suite): void {
    this.tests = suite.allTests();
  }

  onError(_error: TestError): void {
    this.errors += 1;
  }

  onEnd(): void {
    const skipped = this.tests.filter((test) => test.outcome() === 'skipped');
    const failed = this.tests.filter((test) => !test.ok());
    leaveOutcome({
      passed: this.tests.length - skipped.length - failed.length,
      failed: failed.length + this.errors,
      skipped: skipped.map((test) => ({
        name: test
          .titlePath()
          .filter((part) => part !== '')
          .join(' › '),
        reason: test.annotations.find(({ type }) => type === 'skip')?.description,
      })),
    });
  }

  printsToStdio(): boolean {
    return false;
  }
}
