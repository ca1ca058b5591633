import { writeSync } from 'node:fs';
import { openLedger } from '../../../app/ledger/ledger.ts';
import { contentAt } from './ledgers.ts';

/**
 * Opens a ledger, appends, replaces its key, closes it, and again, until it is killed. Says each entry's hash on standard
 * output once the ledger has acknowledged it.
 */
const [, , folder, firstStep] = process.argv;
let step = Number(firstStep);
for (;;) {
  const ledger = openLedger(folder, '0.1.0');
  for (let count = 0; count <= step % 5; count++) {
    const { hash } = ledger.append(contentAt(step++));
    writeSync(1, `${hash}\n`);
    if (step % 7 === 0) ledger.rotateKey();
  }
  ledger.close();
}
