#!/usr/bin/env node
import {
  createReadStream,
  existsSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { linesOf } from './lines.ts';
import { formatMemory, parseMemory, withLedger, type RememberedLedger } from './memory.ts';
import { fileDigest, folderDigest } from './model-digest.ts';
import { verify, type Material, type Outcome, type Report } from './verifier.ts';
import { words, type Language } from './words.ts';

export { verify, type Material, type Report } from './verifier.ts';
export { words } from './words.ts';

const usage = `Usage: node lethe-verify.mjs [options] <certificate>

Verifies a certificate of Lethe: its JSON, or a PDF with the JSON attached. Needs no network, and nothing but Node 20 or newer.

Options:
  --checkpoint <file>   a checkpoint of the ledger that was kept elsewhere
  --export <file>       the ledger's export ("lethe ledger export")
  --growth <file>       what "lethe ledger prove --since" printed; may be given several times
  --model <path>        the model: a file, or the folder of a TF.js model
  --key <fingerprint>   the fingerprint that the ledger's key is known to have
  --origin <digits>     the ledger that it is known to be of
  --memory <file>       where to remember the last checkpoint of each ledger (default: ~/.lethe-verify.json)
  --no-memory           remember nothing, and look at nothing remembered
  --language <en|de>    the language of the report
  --json                the report as JSON
  --help                this text

Exit code: 0 it holds, as far as it was checked; 1 it does not hold; 2 something asked for cannot be shown or read.
`;

/** Something on the command line, or a file that is named there, cannot be used. */
class UnusableError extends Error {}

export async function run(parameters: readonly string[]): Promise<number> {
  try {
    return await carryOut(parameters);
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown;
    process.stderr.write(`${thrown.message}\n`);
    if (thrown instanceof UnusableError || 'code' in thrown) return 2;
    throw thrown;
  }
}

async function carryOut(parameters: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...parameters],
    allowPositionals: true,
    options: {
      checkpoint: { type: 'string' },
      export: { type: 'string' },
      growth: { type: 'string', multiple: true, default: [] },
      model: { type: 'string' },
      key: { type: 'string' },
      origin: { type: 'string' },
      memory: { type: 'string', default: join(homedir(), '.lethe-verify.json') },
      'no-memory': { type: 'boolean', default: false },
      language: { type: 'string', default: 'en' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const [certificate, ...others] = positionals;
  if (certificate === undefined || others.length > 0) throw new UnusableError(usage);
  const language = languageOf(values.language);
  const memory = values['no-memory'] ? null : values.memory;
  const remembered = memory === null ? null : readMemory(memory);
  const material: Material = {
    certificate: Uint8Array.from(readBytes(certificate)),
    remembered,
    growth: values.growth.map((file) => readBytes(file).toString('utf8')),
    ...(values.checkpoint === undefined
      ? {}
      : { checkpoint: readBytes(values.checkpoint).toString('utf8') }),
    ...(values.export === undefined ? {} : { ledgerExport: linesOf(piecesOf(values.export)) }),
    ...(values.model === undefined ? {} : { model: await modelDigest(values.model) }),
    ...(values.key === undefined ? {} : { fingerprint: withoutBlanks(values.key) }),
    ...(values.origin === undefined ? {} : { origin: withoutBlanks(values.origin) }),
  };
  const report = await verify(material, words[language]);
  if (report.remember !== null && memory !== null && remembered !== null) {
    writeMemory(memory, withLedger(remembered, report.remember));
  }
  process.stdout.write(
    values.json ? `${JSON.stringify(report, null, 2)}\n` : inWords(report, language),
  );
  return { accepted: 0, refused: 1, undecided: 2 }[report.verdict];
}

const outcomes: readonly Outcome[] = ['refused', 'open', 'proved', 'not-asked'];

function inWords({ verdict, subject, checks, unknowable }: Report, language: Language): string {
  const { verdict: verdicts, headings } = words[language];
  const sections = outcomes.map(
    (outcome) =>
      [
        headings[outcome],
        checks.filter((check) => check.outcome === outcome).map(({ sentence }) => sentence),
      ] as const,
  );
  return [
    [verdicts[verdict], ...(subject === null ? [] : [subject.says])],
    ...[...sections, [headings.unknowable, unknowable] as const]
      .filter(([, sentences]) => sentences.length > 0)
      .map(([heading, sentences]) => [
        '',
        heading,
        ...sentences.map((sentence) => `  - ${sentence}`),
      ]),
  ]
    .flat()
    .map((line) => `${line}\n`)
    .join('');
}

function languageOf(text: string): Language {
  if (text === 'en' || text === 'de') return text;
  throw new UnusableError(`There is no language ${text}. The languages are: en, de.`);
}

/** Fingerprints are printed in groups. */
function withoutBlanks(text: string): string {
  return text.replaceAll(/\s/g, '').toLowerCase();
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw new UnusableError(`There is no file ${file} that can be read.`);
  }
}

function piecesOf(file: string): AsyncIterable<Uint8Array> {
  if (!existsSync(file)) throw new UnusableError(`There is no file ${file} that can be read.`);
  return createReadStream(file, { highWaterMark: 2 ** 20 });
}

async function modelDigest(path: string): Promise<string> {
  try {
    const isFolder = statSync(path).isDirectory();
    if (!isFolder && basename(path) !== 'model.json') return await fileDigest(piecesOf(path));
    const folder = isFolder ? path : dirname(path);
    return await folderDigest((name) => piecesOf(join(folder, name)));
  } catch (thrown) {
    throw new UnusableError(`The model at ${path} cannot be read (${String(thrown)}).`);
  }
}

function readMemory(file: string): RememberedLedger[] {
  if (!existsSync(file)) return [];
  const ledgers = parseMemory(readBytes(file).toString('utf8'));
  if (ledgers === null) {
    throw new UnusableError(
      `What was remembered in ${file} cannot be read. Name another file by --memory, or move this one away.`,
    );
  }
  return ledgers;
}

function writeMemory(file: string, ledgers: readonly RememberedLedger[]): void {
  const temporary = `${file}.${String(process.pid)}`;
  writeFileSync(temporary, formatMemory(ledgers), { mode: 0o600 });
  renameSync(temporary, file);
}

const isStarted =
  process.argv[1] !== undefined &&
  existsSync(process.argv[1]) &&
  realpathSync(process.argv[1]) === fileURLToPath(import.meta.url);
if (isStarted) process.exitCode = await run(process.argv.slice(2));
