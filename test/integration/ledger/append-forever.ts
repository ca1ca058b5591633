import { writeSync } from 'node:fs';
import { openLedger } from '../../../app/ledger/ledger.ts';

/** Appends until it is killed, and says the hash of each entry once the ledger has it. */
const [, , folder] = process.argv;
const ledger = openLedger(folder, '0.1.0');
for (;;) {
  const entry = ledger.append({ kind: 'run-cancelled', case: '2026-0001', payload: {} });
  writeSync(1, `${entry.hash}\n`);
}
