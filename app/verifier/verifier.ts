import { canonicalJson } from './canonical-json.ts';
import {
  isCertificateSigned,
  isPdfSigned,
  readCertificateFile,
  type CertificateFile,
  type EntryName,
} from './certificate-file.ts';
import { isNoteSignedBy, parseCheckpoint, type Checkpoint } from './checkpoint.ts';
import { fromHex, toHex, utf8, type Bytes } from './encoding.ts';
import { NoEd25519 } from './ed25519.ts';
import { grownTree, relationOf, wholeTree, type KnownTree } from './history.ts';
import { keyForCheckpoint, readExport, type LedgerExport } from './ledger-export.ts';
import {
  hashesOf,
  isEntryIncluded,
  isEntrySigned,
  isHashOwn,
  originLine,
  type Entry,
} from './ledger-record.ts';
import type { RememberedLedger } from './memory.ts';
import type { Tree } from './merkle-tree.ts';
import { sha256Hex } from './sha256.ts';
import type { Words } from './words.ts';

/* Verifies a certificate, with nothing but what it is given. It shares no code with the program that issued it. */

/** What is given to verify, and to verify it with. */
export interface Material {
  /** The file: JSON, or PDF. */
  readonly certificate: Bytes;
  /** A checkpoint of the ledger that was kept elsewhere. */
  readonly checkpoint?: string;
  /** Lines of the ledger's export. */
  readonly ledgerExport?: AsyncIterable<string> | Iterable<string>;
  /** What shows that the ledger grew, as `lethe ledger prove --since` prints it. */
  readonly growth?: readonly string[];
  /** SHA-256 of the model. */
  readonly model?: string;
  /** The fingerprint that the key is known to have: SHA-256 of its 32 bytes. */
  readonly fingerprint?: string;
  /** The ledger that it is known to be of: 32 hexadecimal digits. */
  readonly origin?: string;
  /** What is remembered of ledgers; null where nothing is to be. */
  readonly remembered: readonly RememberedLedger[] | null;
}

/**
 * `proved`; `refused`: it is false; `open`: it was asked for, and cannot be shown with what is given; `not-asked`: nothing
 * was given to check it with.
 */
export type Outcome = 'proved' | 'refused' | 'open' | 'not-asked';

export type CheckName =
  | 'form'
  | 'signature'
  | 'pages'
  | 'names'
  | 'inclusion'
  | 'figures'
  | 'order'
  | 'key'
  | 'origin'
  | 'history'
  | 'checkpoint'
  | 'export'
  | 'growth'
  | 'model';

export interface Check {
  readonly name: CheckName;
  readonly outcome: Outcome;
  readonly sentence: string;
}

export interface Report {
  /** `accepted`: nothing was refused, and nothing that was asked for is open. */
  readonly verdict: 'accepted' | 'refused' | 'undecided';
  /** What the certificate says that it is; null when it is none. As good as the checks. */
  readonly subject: {
    readonly id: string;
    readonly caseId: string;
    readonly fingerprint: string;
    /** Its own verdict on the erasure, as a sentence. */
    readonly says: string;
  } | null;
  readonly checks: readonly Check[];
  /** What no verifier can know. */
  readonly unknowable: readonly string[];
  /** What to remember of the ledger from now on; null when nothing new may be. */
  readonly remember: RememberedLedger | null;
}

export async function verify(material: Material, words: Words): Promise<Report> {
  try {
    return await new Verification(material, words).run();
  } catch (thrown) {
    if (!(thrown instanceof NoEd25519)) throw thrown;
    const checks = [{ name: 'signature', outcome: 'open', sentence: words.noEd25519 } as const];
    return { verdict: 'undecided', subject: null, checks, unknowable: [], remember: null };
  }
}

class Verification {
  readonly #material: Material;
  readonly #words: Words;
  readonly #checks: Check[] = [];

  constructor(material: Material, words: Words) {
    this.#material = material;
    this.#words = words;
  }

  async run(): Promise<Report> {
    const words = this.#words;
    const read = readCertificateFile(this.#material.certificate);
    if ('flaw' in read) {
      const outcome = read.flaw === 'first-form' ? 'open' : 'refused';
      this.#say('form', outcome, words.flaw(read));
      return this.#report(null, null);
    }
    const { file, content, pdf } = read;
    const { certificate, signature } = file;
    this.#say('form', 'proved', words.form(certificate.id, certificate.case.id));

    const isSigned = await isCertificateSigned(read);
    this.#judge('signature', isSigned, words.signature);
    if (pdf !== null) {
      this.#judge('pages', await isPdfSigned(pdf, signature.publicKey), words.pages);
    }
    this.#names(file);
    const checkpoint = await this.#inclusion(file, content);
    this.#figures(file);
    this.#order(file);
    this.#origin(certificate.ledger.origin);
    const remember = checkpoint === null ? null : await this.#againstLedger(file, checkpoint);
    if (checkpoint === null) this.#key(file, null, null);
    this.#model(file);
    return this.#report(file, remember);
  }

  #report(file: CertificateFile | null, remember: RememberedLedger | null): Report {
    const has = (outcome: Outcome): boolean => this.#checks.some((one) => one.outcome === outcome);
    const verdict = has('refused') ? 'refused' : has('open') ? 'undecided' : 'accepted';
    const { unknowable } = this.#words;
    return {
      verdict,
      subject: file && {
        id: file.certificate.id,
        caseId: file.certificate.case.id,
        fingerprint: fingerprintOf(file.signature.publicKey),
        says: this.#words.says[file.certificate.result.verdict?.value ?? 'none'],
      },
      checks: this.#checks,
      unknowable: file === null ? [] : unknowable,
      remember: verdict === 'accepted' ? remember : null,
    };
  }

  #say(name: CheckName, outcome: Outcome, sentence: string): void {
    this.#checks.push({ name, outcome, sentence });
  }

  #judge(name: CheckName, holds: boolean, sentences: { yes: string; no: string }): void {
    this.#say(name, holds ? 'proved' : 'refused', holds ? sentences.yes : sentences.no);
  }

  // ------------------------------------------------------------------------------ the file by itself

  #names({ certificate, names }: CertificateFile): void {
    const words = this.#words.names;
    if (names === undefined) {
      this.#say('names', 'proved', certificate.names === null ? words.gone : words.without);
      return;
    }
    this.#judge('names', sha256Hex(utf8(canonicalJson(names))) === certificate.names, words);
  }

  /** @returns the checkpoint, if everything in the record is in the tree that it signs */
  async #inclusion(file: CertificateFile, content: Bytes): Promise<Checkpoint | null> {
    const { certificate, record, signature } = file;
    const words = this.#words.inclusion;
    const checkpoint = parseCheckpoint(record.checkpoint);
    const refused = (sentence: string): null => {
      this.#say('inclusion', 'refused', sentence);
      return null;
    };
    if (checkpoint?.origin !== originLine(certificate.ledger.origin)) {
      return refused(words.anotherLedger);
    }
    if (!(await isNoteSignedBy(checkpoint.note, checkpoint.origin, signature.publicKey))) {
      return refused(words.checkpointNotSigned);
    }
    let before = 0;
    for (const proven of record.entries) {
      const { entry } = proven;
      if (entry.sequence <= before || entry.case !== certificate.case.id || !isHashOwn(entry)) {
        return refused(words.entryChanged(entry.sequence));
      }
      if (!isEntryIncluded(proven, checkpoint)) return refused(words.notIncluded(entry.sequence));
      before = entry.sequence;
    }
    const issued = record.entries[record.entries.length - 1].entry;
    const isOnRecord =
      issued.kind === 'certificate-issued' &&
      issued.payload.certificate === certificate.id &&
      issued.payload.content === sha256Hex(content) &&
      (await isEntrySigned(issued, signature.publicKey));
    if (!isOnRecord) return refused(words.notIssued);
    this.#say('inclusion', 'proved', words.yes(issued.sequence, checkpoint.size));
    return checkpoint;
  }

  /** What the certificate says of the case is what the entries say that it names. */
  #figures({ certificate, record }: CertificateFile): void {
    const { ledger, plan, result, time } = certificate;
    const { request, signOffs, closed } = certificate.case;
    const entryNamed = ({ sequence, hash }: EntryName, ...kinds: readonly string[]): Entry | null =>
      record.entries
        .map(({ entry }) => entry)
        .find(
          (entry) =>
            entry.sequence === sequence && entry.hash === hash && kinds.includes(entry.kind),
        ) ?? null;
    const started = entryNamed(ledger.started, 'run-started');
    const finished = entryNamed(ledger.finished, 'run-finished');
    const holds =
      started?.time === time.started &&
      finished?.time === time.finished &&
      same(started.payload, plan) &&
      same(finished.payload, result) &&
      (request === null ||
        same(
          entryNamed(request.entry, 'case-opened', 'case-changed')?.payload ?? null,
          request.onRecord,
        )) &&
      signOffs.every((signOff) => {
        const entry = entryNamed(signOff.entry, 'case-signed', 'case-accepted');
        return (
          entry?.time === signOff.time &&
          entry.payload.role === signOff.role &&
          entry.payload.run === finished.sequence
        );
      }) &&
      (closed === null ||
        same(entryNamed(closed.entry, 'case-closed')?.payload.outcome ?? null, closed.outcome));
    this.#judge('figures', holds, this.#words.figures);
  }

  /** Thresholds were fixed before the run. */
  #order({ certificate: { ledger, plan, result } }: CertificateFile): void {
    const limits = new Map(
      plan.thresholds?.limits.map(({ name, threshold }) => [name, threshold]) ?? [],
    );
    const findings = result.findings ?? [];
    const [first, last] = [ledger.started.sequence, ledger.finished.sequence];
    const holds =
      first < last &&
      findings.every(({ name, outcome, threshold }) =>
        // What could not be measured was held to nothing.
        threshold === null ? outcome === 'not-measured' : same(threshold, limits.get(name)),
      );
    const { yes, no } = this.#words.order;
    if (findings.length === 0) this.#say('order', 'not-asked', this.#words.order.none);
    else this.#judge('order', holds, { yes: yes(first, last), no });
  }

  #origin(origin: string): void {
    if (this.#material.origin === undefined) return;
    this.#judge('origin', this.#material.origin === origin, this.#words.origin);
  }

  #model({ certificate: { plan, result } }: CertificateFile): void {
    const { model } = this.#material;
    const words = this.#words.model;
    if (model === undefined) this.#say('model', 'not-asked', words.none);
    else if (model === result.erased.sha256) this.#say('model', 'proved', words.after);
    else {
      this.#say('model', 'refused', model === plan.model.sha256 ? words.before : words.another);
    }
  }

  // ------------------------------------------------------------------------------ the ledger behind it

  /** @returns what may be remembered of it if everything else holds */
  async #againstLedger(
    file: CertificateFile,
    checkpoint: Checkpoint,
  ): Promise<RememberedLedger | null> {
    const { origin } = file.certificate.ledger;
    const remembered =
      this.#material.remembered?.find((ledger) => ledger.origin === origin) ?? null;
    const kept = this.#keptCheckpoint(checkpoint.origin);
    const sizes = [checkpoint, remembered, kept].flatMap((tree) => tree?.size ?? []);
    const read = await this.#readExport(file, sizes);
    const whole = read?.whole ?? null;
    const keys = this.#key(file, remembered, read);
    const known = [
      ...(whole === null || read === null ? [] : [wholeTree(read.checkpoint, whole.roots)]),
      ...(await this.#grownTrees(checkpoint, keys)),
    ];

    const seen: Tree[] = [checkpoint];
    if (remembered !== null) {
      const tree = { size: remembered.size, root: fromHex(remembered.root) ?? new Uint8Array() };
      this.#compare('history', checkpoint, tree, known);
      seen.push(tree);
    } else {
      const others = this.#material.remembered?.length ?? null;
      this.#say('history', 'not-asked', this.#words.history.firstTime(others));
    }
    if (kept !== null) {
      if (await isSignedByOne(kept, keys)) {
        this.#compare('checkpoint', checkpoint, kept, known);
        seen.push(kept);
      } else this.#say('checkpoint', 'open', this.#words.checkpoint.unknownKey);
    }
    if (read !== null) {
      this.#compare('export', checkpoint, read.checkpoint, known);
      this.#laterEntries(file, read);
      if (read.whole !== null) seen.push(read.checkpoint);
    }
    const { size, root } = seen.reduce((one, other) => (other.size > one.size ? other : one));
    return { origin, size, root: toHex(root), keys };
  }

  /** @returns null when none was given, or it is none */
  #keptCheckpoint(origin: string): Checkpoint | null {
    const { checkpoint } = this.#material;
    if (checkpoint === undefined) return null;
    const words = this.#words.checkpoint;
    const kept = parseCheckpoint(checkpoint);
    if (kept === null) this.#say('checkpoint', 'refused', words.none);
    else if (kept.origin !== origin) this.#say('checkpoint', 'refused', words.anotherLedger);
    else return kept;
    return null;
  }

  async #readExport(
    { certificate }: CertificateFile,
    sizes: readonly number[],
  ): Promise<LedgerExport | null> {
    const { ledgerExport } = this.#material;
    if (ledgerExport === undefined) return null;
    const wanted = { origin: certificate.ledger.origin, caseId: certificate.case.id, sizes };
    const read = await readExport(ledgerExport, wanted);
    if ('wrong' in read) {
      this.#say('export', 'refused', this.#words.export.wrong(read.line, read.wrong));
      return null;
    }
    return read;
  }

  /**
   * Whose key it is, as far as that can be told.
   * @returns the keys that are known to be this ledger's
   */
  #key(
    { signature: { publicKey }, record }: CertificateFile,
    remembered: RememberedLedger | null,
    read: LedgerExport | null,
  ): string[] {
    const words = this.#words.key;
    const fingerprint = fingerprintOf(publicKey);
    const size = parseCheckpoint(record.checkpoint)?.size ?? 0;
    // An export from before the certificate cannot tell of its key.
    const chain = read !== null && read.checkpoint.size >= size ? (read.whole?.keys ?? []) : [];
    const isInChain = keyForCheckpoint(chain, size)?.publicKey === publicKey;
    if (chain.length > 0 && !isInChain) {
      this.#say('key', 'refused', words.notInChain);
      return [];
    }
    const own = isInChain ? chain.map((key) => key.publicKey) : [publicKey];
    const wanted = this.#material.fingerprint;
    if (wanted !== undefined) {
      this.#judge(
        'key',
        own.some((key) => fingerprintOf(key) === wanted),
        {
          yes: words.asExpected(fingerprint),
          no: words.another(fingerprint),
        },
      );
    } else if (remembered !== null && !own.some((key) => remembered.keys.includes(key))) {
      // With all keys at hand, not one of them is known: the ledger was made anew under the same name.
      if (isInChain) this.#say('key', 'refused', words.anotherThanSeen);
      else this.#say('key', 'open', words.notSeen);
    } else if (remembered !== null) this.#say('key', 'proved', words.seen(fingerprint));
    else if (isInChain) this.#say('key', 'not-asked', words.inChain(fingerprint, chain.length));
    else this.#say('key', 'not-asked', words.firstTime(fingerprint));
    return [...new Set([...(remembered?.keys ?? []), ...own])];
  }

  async #grownTrees(checkpoint: Checkpoint, keys: readonly string[]): Promise<KnownTree[]> {
    const trees: KnownTree[] = [];
    for (const text of this.#material.growth ?? []) {
      const proof = growthIn(text);
      const words = this.#words.growth;
      if (proof?.tree.origin !== checkpoint.origin) this.#say('growth', 'refused', words.none);
      else if (!(await isSignedByOne(proof.tree, keys)))
        this.#say('growth', 'open', words.unknownKey);
      else trees.push(grownTree(proof.tree, proof));
    }
    return trees;
  }

  #compare(
    name: 'history' | 'checkpoint' | 'export',
    checkpoint: Tree,
    other: Tree,
    known: readonly KnownTree[],
  ): void {
    const words = this.#words[name];
    const relation = relationOf(checkpoint, other, known);
    if (relation === 'one-history') {
      this.#say(name, 'proved', words.one(other.size, checkpoint.size));
    } else if (relation === 'two-histories') this.#say(name, 'refused', words.two);
    else this.#say(name, 'open', words.unknown(other.size, checkpoint.size));
  }

  #laterEntries({ record }: CertificateFile, { entries }: LedgerExport): void {
    const issued = record.entries[record.entries.length - 1].entry.sequence;
    const later = entries.filter(({ sequence }) => sequence > issued);
    if (later.length === 0) return;
    const told = later.map(({ sequence, kind }) => `${String(sequence)} (${kind})`).join(', ');
    this.#say('export', 'proved', this.#words.export.later(told));
  }
}

async function isSignedByOne(checkpoint: Checkpoint, keys: readonly string[]): Promise<boolean> {
  for (const key of keys) {
    if (await isNoteSignedBy(checkpoint.note, checkpoint.origin, key)) return true;
  }
  return false;
}

function growthIn(text: string): { tree: Checkpoint; from: Bytes; path: readonly Bytes[] } | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  if (!('root' in value && 'path' in value && 'checkpoint' in value)) return null;
  const { root, path, checkpoint } = value;
  if (typeof root !== 'string' || typeof checkpoint !== 'string' || !isTexts(path)) return null;
  const [from, hashes, tree] = [hashesOf([root]), hashesOf(path), parseCheckpoint(checkpoint)];
  return from === null || hashes === null || tree === null
    ? null
    : { tree, from: from[0], path: hashes };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((part) => typeof part === 'string');
}

function fingerprintOf(publicKey: string): string {
  return sha256Hex(fromHex(publicKey) ?? new Uint8Array());
}

/** Of parts of one canonical JSON, whose members are in one order. */
function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
