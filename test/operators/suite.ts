// The order counts: jasmine and the backend before the suite.
import { core } from './jasmine.ts';
import { mark, runsOfGraphs } from './backend.ts';
import '@tensorflow/tfjs-core/dist/tests.js';
import { writeFileSync } from 'node:fs';
import type { Results } from './results.ts';

/*
 * Runs the suite in one setting: suite.js SETTING FILE, where FILE is to take the results.
 */

const environment = core().getEnv();
const results: Results = { specs: [], others: [] };
const timesSeen = new Map<string, number>();
let runsBefore = 0;

environment.addReporter({
  specStarted() {
    runsBefore = runsOfGraphs();
  },
  specDone({ fullName, status, failedExpectations }) {
    const name = fullName.replace(mark, '');
    const times = (timesSeen.get(name) ?? 0) + 1;
    timesSeen.set(name, times);
    results.specs.push({
      name: times === 1 ? name : `${name} (${times})`,
      status,
      messages: failedExpectations.map(({ message }) => message),
      throughGraph: runsOfGraphs() > runsBefore,
    });
  },
  suiteDone({ fullName, failedExpectations }) {
    for (const { message } of failedExpectations) results.others.push(`${fullName}: ${message}`);
  },
  jasmineDone({ failedExpectations }) {
    for (const { message } of failedExpectations) results.others.push(message);
  },
});
await environment.execute();
writeFileSync(process.argv[3], JSON.stringify(results));
