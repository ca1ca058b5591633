import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { ProblemError } from '../../engine/protocol/problem.ts';
import { listCases } from '../cases/cases.ts';
import { today } from '../cases/plain-date.ts';
import { readUserFile, readUserText, writeUserFile } from '../files/user-files.ts';
import { exportLines } from '../ledger/ledger-export.ts';
import { openLedger, readLedger, verifyLedger, type LedgerReader } from '../ledger/ledger.ts';
import { qrCodeForTerminal, qrCodeSvg } from '../ledger/qr-code.ts';
import { fingerprintOf } from '../ledger/signing.ts';
import { spokenFingerprint, spokenFingerprintBits } from '../ledger/spoken-fingerprint.ts';
import {
  checkedEvidence,
  type EvidenceContent,
  type TimeEvidence,
} from '../ledger/time-evidence.ts';
import { caseLine, caseTable } from './case-words.ts';
import { exitCodes } from './exit-codes.ts';
import {
  checkpointRows,
  entryTable,
  evidenceWords,
  protectionWords,
  row,
  trustWords,
  verifyLines,
} from './ledger-words.ts';
import { chosenProtection, passphraseFileOption } from './key-options.ts';
import { jsonOption, ledgerOption, reportingProblems, verboseOption } from './options.ts';
import { writeJson } from './reporter.ts';

interface LedgerOptions {
  readonly ledger: string;
  readonly json: boolean;
  readonly verbose: boolean;
}

interface WriterOptions extends LedgerOptions {
  readonly passphraseFile?: string;
}

export function ledgerCommand(): Command {
  const ledger = new Command('ledger').description('read and check the audit record');
  const commands = [
    listCommand(),
    casesCommand(),
    infoCommand(),
    verifyCommand(),
    checkpointCommand(),
    proveCommand(),
    exportCommand(),
    importCommand(),
    rotateKeyCommand(),
  ];
  for (const command of commands) {
    command.addOption(ledgerOption()).addOption(jsonOption()).addOption(verboseOption());
    ledger.addCommand(command);
  }
  return ledger.addHelpText(
    'after',
    `
Examples:
  lethe ledger list --case 2026-0001
  lethe ledger checkpoint --export kept-elsewhere.txt
  lethe ledger verify --checkpoint kept-elsewhere.txt
  lethe ledger rotate-key --new-passphrase-file secret.txt`,
  );
}

interface ListOptions extends LedgerOptions {
  readonly case?: string;
  readonly kind?: string;
  readonly before?: number;
  readonly count: number;
}

function listCommand(): Command {
  return new Command('list')
    .description('list entries, the newest first')
    .option('--case <id>', 'only those of this case')
    .option('--kind <kind>', 'only those of this kind, such as run-finished')
    .addOption(new Option('--before <entry>', 'only those before this entry').argParser(parseEntry))
    .addOption(new Option('--count <number>', 'at most so many').argParser(parseEntry).default(20))
    .action(async (options: ListOptions) => {
      await reading(options, (reader) => {
        const page = reader.page(options);
        if (options.json) for (const listed of page) writeJson({ event: 'entry', ...listed });
        else process.stdout.write(entryTable(page));
      });
    });
}

function casesCommand(): Command {
  return new Command('cases')
    .description('list the cases on record')
    .addOption(passphraseFileOption())
    .action(async (options: WriterOptions) => {
      await reportingProblems(options, () => {
        const cases = listCases(options.ledger, chosenProtection(options.passphraseFile));
        if (options.json) for (const record of cases) writeJson(caseLine(record));
        else process.stdout.write(caseTable(cases, today()));
      });
    });
}

function infoCommand(): Command {
  return new Command('info')
    .description('say which ledger this is and how its key is kept, without checking it')
    .action(async (options: LedgerOptions) => {
      await reading(options, (reader) => {
        const keys = reader.keys();
        const protection = reader.protection();
        const checkpoint = reader.checkpoint();
        const fingerprint = spokenFingerprint(checkpoint);
        if (options.json) {
          const { identity } = reader;
          writeJson({ event: 'result', identity, keys, protection, checkpoint, fingerprint });
          return;
        }
        say([
          row('ledger', reader.identity.origin),
          row('first key', reader.identity.fingerprint),
          row('key now', fingerprintOf(keys[keys.length - 1].publicKey)),
          row('', `number ${String(keys.length)}, since ${keys[keys.length - 1].since}`),
          row('', protectionWords(protection)),
          ...checkpointRows(checkpoint),
        ]);
      });
    });
}

function verifyCommand(): Command {
  return new Command('verify')
    .description('check every entry: order, hash chain, Merkle tree and signatures')
    .option('--checkpoint <file>', 'check that the ledger grew out of this one, kept elsewhere')
    .action(async (options: LedgerOptions & { checkpoint?: string }) => {
      await reportingProblems(options, async () => {
        const kept =
          options.checkpoint === undefined ? undefined : readUserText(options.checkpoint);
        const report = verifyLedger(options.ledger, kept);
        const evidence = report.ok ? await evidenceReport(options.ledger) : [];
        const faults = evidence.filter((found) => typeof found === 'string');
        if (options.json) writeJson({ event: 'result', ...report, evidence });
        else say(verifyLines(report, evidence, kept !== undefined));
        process.exitCode =
          report.ok && faults.length === 0 ? exitCodes.done : exitCodes.checkFailed;
      });
    });
}

function checkpointCommand(): Command {
  return new Command('checkpoint')
    .description('show the checkpoint to keep elsewhere, and its fingerprint to read aloud')
    .option('--export <file>', 'write it to this file')
    .option('--qr [file.svg]', 'show it as a QR code, or write that to a file')
    .action(async (options: LedgerOptions & { export?: string; qr?: string | true }) => {
      await reading(options, (reader) => {
        const checkpoint = reader.checkpoint();
        if (options.export !== undefined) writeUserFile(options.export, checkpoint, 0o644);
        if (typeof options.qr === 'string') {
          writeUserFile(options.qr, qrCodeSvg(checkpoint), 0o644);
        }
        const fingerprint = spokenFingerprint(checkpoint);
        if (options.json) {
          writeJson({ event: 'result', checkpoint, fingerprint, bits: spokenFingerprintBits });
          return;
        }
        say([
          checkpoint,
          `Fingerprint  ${fingerprint}`,
          `Whoever keeps it can tell later whether the ledger was cut, replaced or written anew. To find another checkpoint with this fingerprint takes some 2^${String(spokenFingerprintBits)} tries.`,
          ...(options.qr === true ? [qrCodeForTerminal(checkpoint)] : []),
        ]);
      });
    });
}

function proveCommand(): Command {
  return new Command('prove')
    .description('print what shows that an entry is in the ledger, as a line of JSON')
    .argument('<entry>', 'its number', parseEntry)
    .option('--since', 'instead show that the ledger grew out of its entries up to this one', false)
    .action(async (entry: number, options: LedgerOptions & { since: boolean }) => {
      await reading(options, (reader) => {
        const proof = options.since ? reader.proveGrowth(entry) : reader.prove(entry);
        process.stdout.write(`${JSON.stringify(proof)}\n`);
      });
    });
}

function exportCommand(): Command {
  return new Command('export')
    .description('write entries with their proofs, as lines of JSON, for the stand-alone verifier')
    .argument('[file]', 'where to; without it, standard output')
    .option('--case <id>', 'only the entries of this case')
    .action(async (file: string | undefined, options: LedgerOptions & { case?: string }) => {
      await reading(options, async (reader) => {
        const toFile = file !== undefined;
        const out = toFile ? createWriteStream(file, { flags: 'wx' }) : process.stdout;
        try {
          await pipeline(Readable.from(linesOf(reader, options.case)), out, { end: toFile });
        } catch (cause) {
          if (cause instanceof ProblemError) throw cause;
          throw new ProblemError(
            'disk-failed',
            `The export could not be written to ${file ?? 'standard output'}. A file that exists is not overwritten; name another one.`,
            String(cause),
            { cause },
          );
        }
      });
    });
}

function* linesOf(reader: LedgerReader, caseId: string | undefined): Generator<string> {
  for (const line of exportLines(reader, caseId)) yield `${line}\n`;
}

interface ImportOptions extends WriterOptions {
  readonly checkpoint?: string;
  readonly witness?: string;
}

function importCommand(): Command {
  return new Command('import')
    .description(
      'take in what someone else says of when a checkpoint existed: a checkpoint signed by a witness, or a time-stamp (RFC 3161)',
    )
    .argument('<file>', 'the witnessed checkpoint, or the time-stamp')
    .option('--witness <key>', "the witness's key: name, identifier and key, joined by plus signs")
    .option('--checkpoint <file>', 'of a time-stamp: the checkpoint that it is for')
    .addOption(passphraseFileOption())
    .action(async (file: string, options: ImportOptions) => {
      await reportingProblems(options, async () => {
        const content = evidenceContent(file, options);
        const found = await checkedEvidence(content);
        if (typeof found === 'string') throw new ProblemError('bad-command', found);
        const ledger = openLedger(options.ledger, manifest.version, {
          protection: chosenProtection(options.passphraseFile),
        });
        try {
          ledger.addEvidence(content);
        } finally {
          ledger.close();
        }
        if (options.json) writeJson({ event: 'result', ...found });
        else say([evidenceWords(found), trustWords(found)]);
      });
    });
}

interface RotateOptions extends WriterOptions {
  readonly newPassphraseFile?: string;
  readonly unprotected: boolean;
}

function rotateKeyCommand(): Command {
  return new Command('rotate-key')
    .description('replace the key, after it may have been seen or to keep it otherwise')
    .addOption(passphraseFileOption())
    .option('--new-passphrase-file <file>', 'lock the new key with the passphrase in this file')
    .option('--unprotected', 'keep the new key without a passphrase, for unattended use', false)
    .action(async (options: RotateOptions) => {
      await reportingProblems(options, () => {
        if (options.unprotected && options.newPassphraseFile !== undefined) {
          throw new ProblemError('bad-command', 'Name a passphrase or ask for none, not both.');
        }
        const ledger = openLedger(options.ledger, manifest.version, {
          protection: chosenProtection(options.passphraseFile),
        });
        try {
          if (options.unprotected) ledger.rotateKey(chosenProtection(null));
          else if (options.newPassphraseFile === undefined) ledger.rotateKey();
          else ledger.rotateKey(chosenProtection(options.newPassphraseFile));
          const keys = ledger.keys();
          const { publicKey } = keys[keys.length - 1];
          const protection = ledger.protection();
          if (options.json) writeJson({ event: 'result', publicKey, protection });
          else {
            say([
              'The key was replaced, and the old one destroyed. What it signed stays valid.',
              row('key now', fingerprintOf(publicKey)),
              row('', protectionWords(protection)),
            ]);
          }
        } finally {
          ledger.close();
        }
      });
    });
}

async function reading(
  options: LedgerOptions,
  action: (reader: LedgerReader) => Promise<void> | void,
): Promise<void> {
  await reportingProblems(options, async () => {
    const reader = readLedger(options.ledger);
    try {
      await action(reader);
    } finally {
      reader.close();
    }
  });
}

function evidenceContent(file: string, options: ImportOptions): EvidenceContent {
  if (options.witness !== undefined) {
    return {
      kind: 'checkpoint-witnessed',
      case: null,
      payload: { checkpoint: readUserText(file), witness: options.witness },
    };
  }
  if (options.checkpoint !== undefined) {
    return {
      kind: 'checkpoint-timestamped',
      case: null,
      payload: {
        checkpoint: readUserText(options.checkpoint),
        token: readUserFile(file).toString('base64'),
      },
    };
  }
  throw new ProblemError(
    'bad-command',
    'Say whose it is: the key of the witness by --witness, or the checkpoint that was time-stamped by --checkpoint.',
  );
}

async function evidenceReport(folder: string): Promise<(TimeEvidence | string)[]> {
  const reader = readLedger(folder);
  try {
    return await Promise.all(reader.evidence().map(checkedEvidence));
  } finally {
    reader.close();
  }
}

function say(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

function parseEntry(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) {
    throw new InvalidArgumentError('It is a whole number from 1 up.');
  }
  return number;
}
