import { writeSync } from 'node:fs';
import { openCases } from '../../../app/cases/cases.ts';
import { sampleDetails } from '../../unit/cases/sample-details.ts';

/**
 * Opens cases, changes them, closes them and forgets every other one, until it is killed. Says on standard output what the
 * ledger has acknowledged.
 */
const [, , folder] = process.argv;
for (;;) {
  const cases = openCases(folder, '0.1.0');
  for (let round = 0; round < 3; round++) {
    const id = cases.open({ ...sampleDetails, notes: 'Holm-0' });
    for (let change = 1; change <= 3; change++) {
      cases.change(id, { ...sampleDetails, notes: `Holm-${String(change)}` });
    }
    cases.closeCase(id, 'refused', 'Nobody could be verified.');
    writeSync(1, `closed ${id}\n`);
    if (round % 2 === 0) {
      cases.forget(id);
      writeSync(1, `forgotten ${id}\n`);
    }
  }
  cases.close();
}
