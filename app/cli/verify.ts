import { Command } from 'commander';
import { EngineHost } from '../engine-host/engine-host.ts';
import type { AcceleratorName, VerifyResult } from '../../engine/protocol/protocol.ts';
import { exitCodeOfVerdict, judgementLines } from './judgement.ts';
import {
  acceleratorOption,
  jsonOption,
  ledgerOption,
  preprocessingOption,
  reportingProblems,
  resizeOption,
  seedOption,
  verboseOption,
} from './options.ts';
import {
  chosenReference,
  referenceOption,
  retrainReferenceOption,
  type ReferenceOptions,
} from './reference-options.ts';
import { duration, jsonReporter, terminalReporter, writeJson } from './reporter.ts';

interface VerifyOptions extends ReferenceOptions {
  readonly model: string;
  readonly original: string;
  readonly data: string;
  readonly forget: string[];
  readonly seed: number;
  readonly preprocessing: string | null;
  readonly resize: boolean;
  readonly relearning: boolean;
  readonly accelerator: AcceleratorName | null;
  readonly json: boolean;
  readonly verbose: boolean;
}

export function verifyCommand(): Command {
  return new Command('verify')
    .description('measure what a model still holds of erased classes, and give a verdict')
    .requiredOption('--model <path>', 'the model that was made to forget, by Lethe or otherwise')
    .requiredOption('--original <path>', 'the model that it was made from')
    .addOption(referenceOption())
    .addOption(retrainReferenceOption())
    .requiredOption(
      '--data <path>',
      'images, those of the erased classes among them: train/<class>/ and test/<class>/, or <class>/, or the files of MNIST',
    )
    .requiredOption('--forget <class...>', 'the classes that were erased, by name')
    .addOption(seedOption())
    .addOption(preprocessingOption())
    .addOption(resizeOption())
    .option(
      '--no-relearning',
      'leave out how fast the classes are learned again, which takes training steps',
    )
    .addOption(acceleratorOption())
    .addOption(ledgerOption())
    .addOption(jsonOption())
    .addOption(verboseOption())
    .addHelpText(
      'after',
      `
The exit code is 0 for PASS, 1 for FAIL and 4 for INCONCLUSIVE.

Examples:
  lethe verify --model erased/faces-erased.onnx --original faces.onnx --data pictures --forget "Elif T"
  lethe verify --model erased.onnx --original faces.onnx --reference retrained.onnx --data pictures --forget "Elif T" --json`,
    )
    .action(async (options: VerifyOptions) => {
      await reportingProblems(options, () => verify(options));
    });
}

async function verify(options: VerifyOptions): Promise<void> {
  const {
    json,
    verbose: _verbose,
    ledger: _ledger,
    retrainReference: _retrain,
    ...request
  } = options;
  const reporter = json ? jsonReporter() : terminalReporter();
  const stop = new AbortController();
  const onSignal = (): void => {
    stop.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  const engine = new EngineHost();
  try {
    const result = await engine.run<'verify'>(
      { type: 'verify', ...request, reference: chosenReference(options) },
      reporter,
      stop.signal,
    );
    reporter.end();
    if (json) {
      const { type: event, ...rest } = result;
      writeJson({ event: 'result', ...rest });
    } else process.stdout.write(describe(result));
    process.exitCode = exitCodeOfVerdict[result.verdict.value];
  } finally {
    reporter.end();
    engine.close();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

function describe({ verdict, findings, classNames, account, seconds }: VerifyResult): string {
  const lines = judgementLines({ verdict, findings, classNames });
  return [
    ...account,
    ...(account.length > 0 ? [''] : []),
    ...lines,
    '',
    `Measured in ${duration(seconds)}.`,
    '',
  ].join('\n');
}
