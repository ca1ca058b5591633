import { Command } from 'commander';
import { listCases, type CaseSummary } from '../cases/cases.ts';
import { verifyLedger } from '../ledger/ledger.ts';
import { exitCodes } from './exit-codes.ts';
import { jsonOption, ledgerOption, reportingProblems, verboseOption } from './options.ts';
import { writeJson } from './reporter.ts';

interface LedgerOptions {
  readonly ledger: string;
  readonly json: boolean;
  readonly verbose: boolean;
}

const sealedWords = 'Every byte of its file is as Lethe left it.';
const unsealedWords =
  'Its file was not closed by Lethe yet (a run is under way, or was killed), so only the entries were checked.';

export function ledgerCommand(): Command {
  const list = new Command('list')
    .description('list the cases on record')
    .action(async (options: LedgerOptions) => {
      await reportingProblems(options, () => {
        const cases = listCases(options.ledger);
        if (options.json)
          for (const { ...summary } of cases) writeJson({ event: 'case', ...summary });
        else process.stdout.write(table(cases));
      });
    });
  const verify = new Command('verify')
    .description('check every entry: order, hash chain and signatures')
    .action((options: LedgerOptions) => {
      const report = verifyLedger(options.ledger);
      if (options.json) writeJson({ event: 'result', ...report });
      else if (report.ok) {
        process.stdout.write(
          `The ledger is whole: ${String(report.entries)} entries, each in its place and signed.\n` +
            `${report.sealed ? sealedWords : unsealedWords}\n` +
            `  ledger       ${report.identity.origin}\n` +
            `  key          ${report.identity.fingerprint}\n` +
            `  last entry   ${report.head}\n`,
        );
      } else process.stdout.write(`The ledger does not verify. ${report.sentence}\n`);
      process.exitCode = report.ok ? exitCodes.done : exitCodes.checkFailed;
    });
  for (const command of [list, verify]) {
    command.addOption(ledgerOption()).addOption(jsonOption()).addOption(verboseOption());
  }
  return new Command('ledger')
    .description('read and check the audit record')
    .addCommand(list)
    .addCommand(verify)
    .addHelpText('after', '\nExamples:\n  lethe ledger list\n  lethe ledger verify --json');
}

function table(cases: readonly CaseSummary[]): string {
  if (cases.length === 0) return 'No case is on record yet.\n';
  const rows = cases.map(({ id, started, state, forget }) => {
    const names = forget.map(({ index, name }) => name ?? `class ${String(index)}`).join(', ');
    return `${id.padEnd(12)}${started.slice(0, 19).replace('T', ' ').padEnd(22)}${state.padEnd(14)}${names}`;
  });
  const head = `${'case'.padEnd(12)}${'started (UTC)'.padEnd(22)}${'state'.padEnd(14)}to forget`;
  return `${[head, ...rows].join('\n')}\n`;
}
