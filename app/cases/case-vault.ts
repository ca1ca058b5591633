import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../ledger/canonical-json.ts';
import { destroyFile, writeDurably } from '../ledger/durable-file.ts';
import { caseIdSchema } from '../ledger/entry.ts';
import { unprotected, type KeyProtection } from '../ledger/key-protection.ts';
import { orProblem } from '../ledger/ledger-fault.ts';
import { readWrappingKey } from '../ledger/wrapping-key.ts';
import { caseFileSchema, runFileSchema, type CaseFile } from './case-file.ts';
import { openBox, sealBox } from './sealed-box.ts';

/*
 * The case files, in the folder `cases` beside the ledger: `<id>.case`, encrypted with a key of its own in `<id>.key`, which
 * is encrypted with the ledger's wrapping key. A key's file is written once and never replaced, so that overwriting it
 * leaves no other copy of it that Lethe made; what the disk keeps is beyond a program's reach (see destroyFile), and so
 * are copies of the folder.
 */

export interface CaseFileReader {
  /** The passphrase or keychain that opens the files was not given. */
  readonly isLocked: boolean;
  /** @returns null when it is gone, locked, or no longer what was written */
  read(id: string): CaseFile | null;
}

export interface CaseVault extends CaseFileReader {
  /** Cases that have a file or its key, whatever the ledger says of them. */
  ids(): string[];
  /** Whether there is a file, be it readable or not. */
  has(id: string): boolean;
  write(file: CaseFile): void;
  /** Destroys the key, then the file. Does nothing where they are gone. */
  destroy(id: string): void;
}

/**
 * Opens the case files for their one writer. Those of older Lethes, which lie there in the clear, are locked up and the
 * readable ones destroyed.
 * @param wrappingKey of the ledger: 32 bytes
 */
export function openCaseVault(ledgerFolder: string, wrappingKey: Buffer): CaseVault {
  const folder = join(ledgerFolder, 'cases');
  const vault: CaseVault = {
    isLocked: false,
    read: (id) => read(folder, id, wrappingKey),
    ids() {
      const ids = namesIn(folder)
        .filter((name) => /\.(case|key|json)$/.test(name))
        .map((name) => name.slice(0, name.lastIndexOf('.')));
      return [...new Set(ids)].filter((id) => caseIdSchema.safeParse(id).success);
    },
    has(id) {
      return existsSync(pathOf(folder, id, 'case')) || existsSync(pathOf(folder, id, 'json'));
    },
    write(file) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const content = Buffer.from(canonicalJson(file));
      const key = readKey(folder, file.id, wrappingKey) ?? makeKey(folder, file.id, wrappingKey);
      const box = sealBox(key, labelOf('case', file.id), content);
      writeDurably(pathOf(folder, file.id, 'case'), box, 0o600);
    },
    destroy(id) {
      const left = namesIn(folder).filter(
        // Half-written ones, too.
        (name) => name.startsWith(`${id}.`) || name.startsWith(`.${id}.`),
      );
      const isKey = (name: string): boolean => name.includes(`${id}.key`);
      for (const name of [...left.filter(isKey), ...left.filter((name) => !isKey(name))]) {
        destroyFile(join(folder, name));
      }
    },
  };
  for (const id of vault.ids()) lockUp(folder, vault, id);
  return vault;
}

/**
 * The case files for reading; nothing is changed.
 * @throws ProblemError `ledger-failed` when a passphrase was given and is not the one
 */
export function readCaseVault(ledgerFolder: string, protection: KeyProtection): CaseFileReader {
  const folder = join(ledgerFolder, 'cases');
  const key = wrappingKeyFor(ledgerFolder, protection);
  return {
    isLocked: key === 'locked',
    read: (id) => read(folder, id, key === 'locked' ? null : key),
  };
}

function wrappingKeyFor(ledgerFolder: string, protection: KeyProtection): Buffer | null | 'locked' {
  try {
    return readWrappingKey(ledgerFolder, protection);
  } catch (fault) {
    if (protection === unprotected) return 'locked';
    return orProblem(() => {
      throw fault;
    });
  }
}

function read(folder: string, id: string, wrappingKey: Buffer | null): CaseFile | null {
  try {
    const path = pathOf(folder, id, 'case');
    if (!existsSync(path)) return readPlain(folder, id);
    const key = wrappingKey && readKey(folder, id, wrappingKey);
    if (key === null) return null;
    const content = openBox(key, labelOf('case', id), readFileSync(path, 'utf8'));
    const file = caseFileSchema.parse(JSON.parse(content.toString('utf8')));
    return file.id === id ? file : null;
  } catch {
    return null;
  }
}

// ------------------------------------------------------------------------------------------- keys

/** @returns null when it is gone, or not as it was made */
function readKey(folder: string, id: string, wrappingKey: Buffer): Buffer | null {
  try {
    return openBox(
      wrappingKey,
      labelOf('key', id),
      readFileSync(pathOf(folder, id, 'key'), 'utf8'),
    );
  } catch {
    return null;
  }
}

function makeKey(folder: string, id: string, wrappingKey: Buffer): Buffer {
  const key = randomBytes(32);
  writeDurably(pathOf(folder, id, 'key'), sealBox(wrappingKey, labelOf('key', id), key), 0o600);
  return key;
}

function labelOf(part: 'case' | 'key', id: string): string {
  return `lethe/${part}/v1/${id}`;
}

function pathOf(folder: string, id: string, part: 'case' | 'key' | 'json'): string {
  return join(folder, `${id}.${part}`);
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

// ------------------------------------------------------------------------- the files of older Lethes

/** In the clear: one run, and the key of its HMACs. */
const plainFileSchema = runFileSchema.extend(caseFileSchema.pick({ id: true, key: true }).shape);

/** @returns null when there is none */
function readPlain(folder: string, id: string): CaseFile | null {
  const path = pathOf(folder, id, 'json');
  if (!existsSync(path)) return null;
  const { key, ...plain } = plainFileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  if (plain.id !== id) return null;
  const { id: _id, ...run } = plain;
  return { id, key, isOnRecord: true, details: [], reasons: [], runs: [run] };
}

function lockUp(folder: string, vault: CaseVault, id: string): void {
  const path = pathOf(folder, id, 'json');
  if (!existsSync(path)) return;
  if (!existsSync(pathOf(folder, id, 'case'))) {
    const file = vault.read(id);
    if (file === null) return;
    vault.write(file);
  }
  destroyFile(path);
}
