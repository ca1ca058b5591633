import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLedger, readLedger } from '../../../app/ledger/ledger.ts';
import { checkLedger } from '../../../app/services/ledger-views.ts';
import { tamperWithDatabase } from '../../tamper-with-database.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const anotherLedgers = 'The checkpoint given is of another ledger.';

/** @returns the folder of a ledger of three entries */
function written(): string {
  const folder = temporaryFolder();
  const ledger = openLedger(folder, '0.1.0');
  for (const id of ['2026-0001', '2026-0002']) {
    ledger.append({ kind: 'run-cancelled', case: id, payload: {} });
  }
  ledger.close();
  return folder;
}

function checkpointOf(folder: string): string {
  const reader = readLedger(folder);
  const checkpoint = reader.checkpoint();
  reader.close();
  return checkpoint;
}

function harm(folder: string): void {
  tamperWithDatabase(join(folder, 'ledger.sqlite'), (database) => {
    database.exec(`UPDATE entry SET time = '2020-01-01T00:00:00.000Z' WHERE sequence = 2`);
  });
}

test('finds nothing in a whole ledger, alone and beside its checkpoint', () => {
  const folder = written();
  for (const checkpoint of [null, checkpointOf(folder)]) {
    expect(checkLedger(folder, checkpoint)).toMatchObject({ fault: null, disagreement: null });
  }
});

test('finds no fault in a whole ledger beside the wrong checkpoint', () => {
  const folder = written();
  expect(checkLedger(folder, checkpointOf(written()))).toMatchObject({
    fault: null,
    disagreement: anotherLedgers,
  });
  expect(checkLedger(folder, 'bread')).toMatchObject({
    fault: null,
    disagreement: 'The checkpoint given is none: it was changed, or is another file.',
  });
});

test('names the fault of a broken ledger, and not its checkpoint', () => {
  const folder = written();
  const checkpoint = checkpointOf(folder);
  harm(folder);
  expect(checkLedger(folder, checkpoint)).toMatchObject({
    fault: { entry: 2 },
    disagreement: null,
  });
});

test('tells apart what is wrong with both', () => {
  const folder = written();
  harm(folder);
  expect(checkLedger(folder, checkpointOf(written()))).toMatchObject({
    fault: { entry: 2 },
    disagreement: anotherLedgers,
  });
});
