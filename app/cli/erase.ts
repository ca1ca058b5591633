import { join } from 'node:path';
import { Command, Option } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { openCases } from '../cases/cases.ts';
import { carryOutErasure, type FinishedErasure } from '../cases/erasure.ts';
import { EngineHost } from '../engine-host/engine-host.ts';
import type { AcceleratorName, Accuracy } from '../../engine/protocol/protocol.ts';
import { recipeNameSchema, type RecipeName } from '../../engine/protocol/recipe.ts';
import { exitCodeOfVerdict, judgementLines } from './judgement.ts';
import { chosenProtection, passphraseFileOption } from './key-options.ts';
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
import { duration, jsonReporter, percent, terminalReporter, writeJson } from './reporter.ts';

interface EraseOptions {
  readonly model: string;
  readonly data: string;
  readonly forget: string[];
  readonly recipe: RecipeName | null;
  readonly reference: string | null;
  readonly relearning: boolean;
  readonly seed: number;
  readonly preprocessing: string | null;
  readonly resize: boolean;
  readonly accelerator: AcceleratorName | null;
  readonly out: string;
  readonly ledger: string;
  readonly passphraseFile?: string;
  readonly json: boolean;
  readonly verbose: boolean;
}

export function eraseCommand(): Command {
  return new Command('erase')
    .description('make a model forget classes; the model given is not changed')
    .requiredOption('--model <path>', 'an .onnx file, or the folder of a TF.js Layers model')
    .requiredOption(
      '--data <path>',
      'images: train/<class>/ and test/<class>/, or <class>/, or the files of MNIST',
    )
    .requiredOption('--forget <class...>', 'the classes to erase, by name')
    .addOption(
      new Option('--recipe <name>', 'the method and its settings')
        .choices(recipeNameSchema.options)
        .default(null, 'the best for the images at hand'),
    )
    .addOption(
      new Option(
        '--reference <path>',
        'a model trained in the same way without the classes, to compare with',
      ).default(null, 'none: the verdict then claims less'),
    )
    .option(
      '--no-relearning',
      'with a reference, leave out how fast the classes are learned again, which takes training steps',
    )
    .addOption(seedOption())
    .addOption(preprocessingOption())
    .addOption(resizeOption())
    .addOption(acceleratorOption())
    .addOption(
      new Option('--out <folder>', 'for the erased model and its certificate').default(
        join('lethe-out', new Date().toISOString().slice(0, 19).replaceAll(':', '-')),
        'lethe-out/<time>',
      ),
    )
    .addOption(ledgerOption())
    .addOption(passphraseFileOption())
    .addOption(jsonOption())
    .addOption(verboseOption())
    .addHelpText(
      'after',
      `
Examples:
  lethe erase --model faces.onnx --data pictures --forget "Elif T" --out erased
  lethe erase --model digits --data mnist --forget 3 7 --json`,
    )
    .action(async (options: EraseOptions) => {
      await reportingProblems(options, () => erase(options));
    });
}

async function erase(options: EraseOptions): Promise<void> {
  const reporter = options.json ? jsonReporter() : terminalReporter();
  const stop = new AbortController();
  const onSignal = (): void => {
    stop.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  const engine = new EngineHost();
  const cases = openCases(options.ledger, manifest.version, {
    protection: chosenProtection(options.passphraseFile),
  });
  try {
    for (const id of cases.interrupted) {
      reporter.notice(
        `Case ${id} was interrupted: Lethe or the machine stopped during its run. The ledger says so now.`,
      );
    }
    const finished = await carryOutErasure(
      {
        model: options.model,
        data: options.data,
        resize: options.resize,
        forget: options.forget,
        recipe: options.recipe,
        reference: options.reference,
        relearning: options.relearning,
        seed: options.seed,
        preprocessing: options.preprocessing,
        accelerator: options.accelerator,
        output: options.out,
      },
      { cases, engine },
      reporter,
      stop.signal,
    );
    reporter.end();
    if (options.json) writeJson(resultLine(finished));
    else process.stdout.write(describe(finished));
    process.exitCode = exitCodeOfVerdict[finished.result.verdict.value];
  } finally {
    reporter.end();
    engine.close();
    cases.close();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

/** The last line of `--json`: percent on test images, seconds, bytes. */
function resultLine({ caseId, plan, result, model, certificate }: FinishedErasure): {
  event: 'result';
} & Record<string, unknown> {
  const pair = ({
    forget,
    retain,
  }: Accuracy): { forget: number | null; retain: number | null } => ({
    forget: rounded(forget),
    retain: rounded(retain),
  });
  return {
    event: 'result',
    case: caseId,
    forget: plan.forget.map((index) => plan.classNames[index]),
    recipe: plan.recipe.name,
    accelerator: plan.accelerator.name,
    preprocessing: plan.preprocessing.name,
    before: pair(result.before),
    impaired: result.impaired && pair(result.impaired),
    after: pair(result.after),
    verdict: result.verdict,
    findings: result.findings,
    account: result.account,
    imagesReadOfForgetClasses: result.imagesReadOfForgetClasses,
    seconds: result.seconds,
    peakBytes: result.peakBytes,
    model,
    certificate: certificate.json,
  };
}

function describe({ caseId, plan, result, model, certificate }: FinishedErasure): string {
  const names = plan.forget.map((index) => plan.classNames[index]).join(', ');
  const row = (title: string, { forget, retain }: Accuracy): string =>
    `  ${title.padEnd(16)}${percent(forget).padStart(10)}${percent(retain).padStart(16)}`;
  const lines = [
    `Case ${caseId}: the model was made to forget ${names}, in ${duration(result.seconds.total)}.`,
    '',
    `  ${'recognises'.padEnd(16)}${'forgotten'.padStart(10)}${'everything else'.padStart(16)}`,
    row('before', result.before),
    ...(result.impaired ? [row('impaired', result.impaired)] : []),
    row('after', result.after),
    '',
    ...(plan.recipeReason === null ? [] : [`Recipe ${plan.recipe.name}. ${plan.recipeReason}`]),
    ...result.account,
    '',
    ...judgementLines({ ...result, classNames: plan.classNames }),
    '',
    `Images of the forgotten classes read while erasing: ${String(result.imagesReadOfForgetClasses)}`,
    `Erased model   ${model}`,
    `Certificate    ${certificate.pdf}`,
    `               ${certificate.json}`,
  ];
  return `${lines.join('\n')}\n`;
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 100) / 100;
}
