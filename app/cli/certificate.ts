import { Command } from 'commander';
import { verifyCertificate, type Check } from '../certificate/verify.ts';
import { exitCodes } from './exit-codes.ts';
import { jsonOption } from './options.ts';
import { writeJson } from './reporter.ts';

const outcomeWords: Record<Check['outcome'], string> = {
  passed: 'passed',
  failed: 'FAILED',
  'not-run': 'not run',
};

export function certificateCommand(): Command {
  const verify = new Command('verify')
    .description(
      'check a certificate: that it is as it was signed, and what it says of ledger and model',
    )
    .argument('<file>', 'the certificate, JSON or PDF')
    .option('--ledger <folder>', 'check it against this ledger too')
    .option('--model <path>', 'check this erased model against it too')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExample:\n  lethe certificate verify erased/certificate-2026-0001.json --model erased/faces-erased.onnx',
    )
    .action((file: string, options: { ledger?: string; model?: string; json: boolean }) => {
      const report = verifyCertificate(file, {
        ...(options.ledger === undefined ? {} : { ledgerFolder: options.ledger }),
        ...(options.model === undefined ? {} : { modelPath: options.model }),
      });
      if (options.json) {
        writeJson({ event: 'result', ok: report.ok, checks: report.checks });
      } else {
        const rows = report.checks.map(
          ({ outcome, sentence }) => `  ${outcomeWords[outcome].padEnd(9)}${sentence}`,
        );
        const verdict = report.ok
          ? 'The certificate verifies.'
          : 'The certificate does not verify.';
        process.stdout.write(`${verdict}\n${rows.join('\n')}\n`);
      }
      process.exitCode = report.ok ? exitCodes.done : exitCodes.checkFailed;
    });
  return new Command('certificate').description('check certificates').addCommand(verify);
}
