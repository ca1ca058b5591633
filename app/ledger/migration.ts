import type Database from 'better-sqlite3';
import { dirname, join } from 'node:path';
import { lastSequenceOf, type StoredEntry } from './entries.ts';
import { writeDurably } from './durable-file.ts';
import { bringToForm, currentForm, requireForm } from './schema.ts';
import { removeSeal } from './seal.ts';
import { HeadWriter } from './signed-head.ts';
import type { Signer } from './signing.ts';
import { chained, requireSignature } from './verification.ts';

/**
 * Brings a ledger of an older form, opened for writing, to the one of this Lethe; does nothing to one that has it. A copy
 * is left beside it first. The ledger is verified on the way: a tree is signed over nothing that does not hold.
 * @param path of its file
 * @throws LedgerFault, and the ledger is as it was
 */
export function migrate(
  database: Database.Database,
  path: string,
  origin: string,
  signer: Signer,
): void {
  const form = requireForm(database);
  if (form === currentForm) return;
  const name = `ledger-form-${String(form)}-with-${String(lastSequenceOf(database))}-entries.sqlite`;
  writeDurably(join(dirname(path), name), database.serialize(), 0o600);
  removeSeal(dirname(path));
  database
    .transaction(() => {
      bringToForm(database, currentForm);
      new HeadWriter(database, origin).adopt(verified(database), signer);
    })
    .immediate();
  database.pragma('wal_checkpoint(TRUNCATE)');
}

function* verified(database: Database.Database): Generator<StoredEntry> {
  for (const step of chained(database)) {
    requireSignature(step.entry, step.key);
    yield step;
  }
}
