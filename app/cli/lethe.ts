import { Command, CommanderError } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { acceleratorsCommand } from './accelerators.ts';
import { caseCommand } from './case.ts';
import { certificateCommand } from './certificate.ts';
import { compareCommand } from './compare.ts';
import { eraseCommand } from './erase.ts';
import { exitCodes } from './exit-codes.ts';
import { inspectCommand } from './inspect.ts';
import { ledgerCommand } from './ledger.ts';
import { reportCommand } from './report.ts';
import { verifyCommand } from './verify.ts';

const program = new Command('lethe')
  .description(
    'Makes a trained image classifier forget whole classes, measures it, and keeps a record.',
  )
  .version(manifest.version)
  .addHelpText(
    'after',
    `
Examples:
  lethe inspect --model faces.onnx
  lethe erase --model faces.onnx --data pictures --forget "Elif T" --out erased
  lethe verify --model erased/faces-erased.onnx --original faces.onnx --data pictures --forget "Elif T"
  lethe compare --model faces.onnx --data pictures --forget "Elif T" --methods adaptive fine-tune
  lethe case list
  lethe ledger verify
  lethe certificate verify erased/certificate-2026-0001.json
  lethe accelerators

Exit codes:
  0    done; every check passed
  1    a check found something wrong: the ledger or a certificate does not verify, or a model did not forget
  2    the command or what it was given cannot be used; nothing was written
  3    a run failed after it had started; the ledger says so, the original model is as it was
  4    a model could not be given a verdict: too little was measured, or could be
  130  stopped by you; the ledger says so, the original model is as it was`,
  )
  .exitOverride()
  .addCommand(inspectCommand())
  .addCommand(eraseCommand())
  .addCommand(verifyCommand())
  .addCommand(compareCommand())
  .addCommand(caseCommand())
  .addCommand(reportCommand())
  .addCommand(ledgerCommand())
  .addCommand(certificateCommand())
  .addCommand(acceleratorsCommand());

for (const command of [
  program,
  ...program.commands,
  ...program.commands.flatMap(({ commands }) => commands),
]) {
  command.exitOverride().showHelpAfterError('(run it with --help for what it takes)');
}

try {
  await program.parseAsync();
} catch (thrown) {
  if (!(thrown instanceof CommanderError)) throw thrown;
  process.exitCode = thrown.exitCode === 0 ? exitCodes.done : exitCodes.badInput;
}
