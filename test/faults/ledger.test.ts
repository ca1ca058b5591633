import { describe, expect, it } from 'vitest';
import { ledgerFaults } from './ledger/ledger-faults.ts';
import { isGood, tableOf } from './ledger/outcome.ts';

describe('a ledger to which harm is done', async () => {
  const outcomes = await ledgerFaults('short');
  process.stdout.write(`${tableOf(outcomes)}\n`);

  it.for(outcomes)('shows it, or loses nothing: $harm', (outcome, context) => {
    if (outcome.skipped !== undefined) context.skip(outcome.skipped);
    expect(isGood(outcome), JSON.stringify(outcome)).toBe(true);
  });
});
