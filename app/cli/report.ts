import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { ProblemError } from '../../engine/protocol/problem.ts';
import { listCases } from '../cases/cases.ts';
import { addMonths, today, type PlainDate } from '../cases/plain-date.ts';
import { writeUserFile } from '../files/user-files.ts';
import { readLedger } from '../ledger/ledger.ts';
import { spokenFingerprint } from '../ledger/spoken-fingerprint.ts';
import { reportCsv } from '../report/report-csv.ts';
import { reportPdf, type ReportOrigin } from '../report/report-pdf.ts';
import { totalsSentences } from '../report/report-words.ts';
import { reportOf } from '../report/report.ts';
import { dateOption } from './case-options.ts';
import { caseTable } from './case-words.ts';
import { chosenProtection, passphraseFileOption } from './key-options.ts';
import { jsonOption, ledgerOption, reportingProblems, verboseOption } from './options.ts';
import { writeJson } from './reporter.ts';

/** A report holds names. */
const ownerOnly = 0o600;

interface ReportOptions {
  readonly from: PlainDate;
  readonly to: PlainDate;
  readonly csv?: string;
  readonly pdf?: string;
  readonly ledger: string;
  readonly passphraseFile?: string;
  readonly json: boolean;
  readonly verbose: boolean;
}

export function reportCommand(): Command {
  return new Command('report')
    .description('list all cases of a period, for a supervisory authority or your own records')
    .addOption(
      dateOption('--from <date>', 'the first day on which they were received').default(
        addMonths(today(), -24),
        '24 months ago',
      ),
    )
    .addOption(
      dateOption('--to <date>', 'the last day on which they were received').default(
        today(),
        'today',
      ),
    )
    .option('--csv <file>', 'write them to this file, for spreadsheets')
    .option('--pdf <file>', 'write them to this file, for people')
    .addOption(ledgerOption())
    .addOption(passphraseFileOption())
    .addOption(jsonOption())
    .addOption(verboseOption())
    .addHelpText(
      'after',
      '\nExample:\n  lethe report --from 2026-01-01 --to 2026-12-31 --csv cases-2026.csv --pdf cases-2026.pdf',
    )
    .action(async (options: ReportOptions) => {
      await reportingProblems(options, () => report(options));
    });
}

async function report(options: ReportOptions): Promise<void> {
  const { from, to, ledger, csv, pdf } = options;
  if (to < from) {
    throw new ProblemError('bad-command', `The period ends, on ${to}, before it begins.`);
  }
  const files = [csv, pdf].filter((file) => file !== undefined);
  for (const file of files) requireNew(file);
  const records = listCases(ledger, chosenProtection(options.passphraseFile));
  const made = reportOf(records, from, to, today());
  if (csv !== undefined) writeUserFile(csv, reportCsv(made), ownerOnly);
  if (pdf !== undefined) {
    writeUserFile(pdf, await reportPdf(made, originOf(ledger)), ownerOnly);
  }
  if (options.json) writeJson({ event: 'result', from, to, ...made.totals, files });
  else {
    const lines = [
      ...totalsSentences(made.totals),
      ...files.map((file) => `Written to ${file}`),
      ...(files.length === 0 ? ['', caseTable(made.records, today()).trimEnd()] : []),
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
}

function originOf(folder: string): ReportOrigin {
  const reader = readLedger(folder);
  try {
    return {
      origin: reader.identity.origin,
      fingerprint: spokenFingerprint(reader.checkpoint()),
    };
  } finally {
    reader.close();
  }
}

function requireNew(file: string): void {
  if (existsSync(file)) {
    throw new ProblemError(
      'output-exists',
      `There is a file ${file} already, and nothing is overwritten. Name another one.`,
    );
  }
}
