import { parseArgs } from 'node:util';
import { ledgerFaults } from './ledger/ledger-faults.ts';
import { isGood, tableOf } from './ledger/outcome.ts';

/**
 * `npm run faults`: does to a ledger everything that can be thought of, and counts what is found. `--short` takes some
 * minutes, which is what `npm test` does; the full length takes half an hour and more.
 */

const { values } = parseArgs({ options: { short: { type: 'boolean', default: false } } });
const outcomes = await ledgerFaults(values.short ? 'short' : 'full', (outcome) => {
  process.stderr.write(`${outcome.harm}: ${String(outcome.tries)} tries\n`);
});
process.stdout.write(
  `${tableOf(outcomes)}\n\nBy checkpoint: only one kept elsewhere showed it. Of entries made anew with the current key, it names the range that they are in.\n`,
);
process.exitCode = outcomes.every(isGood) ? 0 : 1;
