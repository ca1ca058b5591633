import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isWithoutNames } from '../certificate/certificate-paths.ts';
import { destroyFile } from '../ledger/durable-file.ts';

/*
 * What the runs of the window leave: `erased/<case>-<number>` in the folder of the ledger, with the erased model and the
 * certificates. The command line puts them where it is told.
 */

/** Where models are kept that were trained to compare with. */
export function referencesFolder(ledgerFolder: string): string {
  return join(ledgerFolder, 'references');
}

/** A new folder for each run: nothing is overwritten. */
export function newRunFolder(ledgerFolder: string, id: string, run: number): string {
  for (let number = run; ; number++) {
    const folder = join(ledgerFolder, 'erased', `${id}-${String(number)}`);
    if (!existsSync(folder)) return folder;
  }
}

/**
 * Destroys all in the folders of a case but its certificates without names. The erased model goes, too: models carry the names
 * of their classes. Does nothing where it was done before.
 */
export function destroyRunFolders(ledgerFolder: string, id: string): void {
  const parent = join(ledgerFolder, 'erased');
  if (!existsSync(parent)) return;
  for (const name of readdirSync(parent)) {
    if (name.startsWith(`${id}-`) && /^\d+$/.test(name.slice(id.length + 1)))
      destroyAllBut(join(parent, name), isWithoutNames);
  }
}

/** They carry the names of their classes, and can be trained anew. */
export function destroyReferences(ledgerFolder: string): void {
  const folder = referencesFolder(ledgerFolder);
  if (!existsSync(folder)) return;
  destroyAllBut(folder, () => false);
  rmSync(folder, { recursive: true });
}

function destroyAllBut(folder: string, isKept: (fileName: string) => boolean): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      destroyAllBut(path, isKept);
      if (readdirSync(path).length === 0) rmSync(path, { recursive: true });
    } else if (!entry.isFile()) rmSync(path);
    else if (!isKept(entry.name)) destroyFile(path);
  }
}
