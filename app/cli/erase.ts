import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import type { CaseDetails } from '../cases/case-details.ts';
import { openCases } from '../cases/cases.ts';
import { carryOutErasure, type FinishedErasure } from '../cases/erasure.ts';
import { EngineHost } from '../engine-host/engine-host.ts';
import { ProblemError } from '../../engine/protocol/problem.ts';
import type { AcceleratorName, Accuracy } from '../../engine/protocol/protocol.ts';
import { recipeNameSchema, type RecipeName } from '../../engine/protocol/recipe.ts';
import { visible } from '../report/visible.ts';
import { exitCodeOfVerdict, judgementLines } from './judgement.ts';
import { chosenProtection, passphraseFileOption } from './key-options.ts';
import {
  acceleratorOption,
  jsonOption,
  ledgerOption,
  parseShadowModelCount,
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
import { duration, jsonReporter, percent, terminalReporter, writeJson } from './reporter.ts';

interface EraseOptions extends ReferenceOptions {
  readonly case?: string;
  readonly model?: string;
  readonly data?: string;
  readonly forget?: string[];
  readonly recipe: RecipeName | null;
  readonly relearning: boolean;
  readonly shadowModels: number | null;
  readonly seed: number;
  readonly preprocessing: string | null;
  readonly resize: boolean;
  readonly accelerator: AcceleratorName | null;
  readonly out: string;
  readonly passphraseFile?: string;
  readonly json: boolean;
  readonly verbose: boolean;
}

export function eraseCommand(): Command {
  return new Command('erase')
    .description('make a model forget classes; the model given is not changed')
    .option(
      '--case <id>',
      'the case that it is for, which is ready and names model, images and classes; without it, one is opened',
    )
    .option('--model <path>', 'an .onnx file, or the folder of a TF.js Layers model')
    .option(
      '--data <path>',
      'images: train/<class>/ and test/<class>/, or <class>/, or the files of MNIST',
    )
    .option('--forget <class...>', 'the classes to erase, by name')
    .addOption(
      new Option('--recipe <name>', 'the method and its settings')
        .choices(recipeNameSchema.options)
        .default(null, 'the best for the images at hand'),
    )
    .addOption(referenceOption())
    .addOption(retrainReferenceOption())
    .option(
      '--no-relearning',
      'with a reference, leave out how fast the classes are learned again, which takes training steps',
    )
    .addOption(
      new Option(
        '--shadow-models <count>',
        'attack single images, too, with so many models that are first trained for it, each from nothing, and made to forget; an even number, 8 is advised',
      )
        .argParser(parseShadowModelCount)
        .default(null, 'none: the attack is not run'),
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
  lethe erase --model digits --data mnist --forget 3 7 --json
  lethe erase --case 2026-0001 --out erased`,
    )
    .action(async (options: EraseOptions) => {
      await reportingProblems(options, () => erase(options));
    });
}

async function erase(options: EraseOptions): Promise<void> {
  // Before a ledger is made for what cannot be done.
  if (options.case === undefined) whatToErase(options, null);
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
        caseId: options.case,
        ...whatToErase(
          options,
          options.case === undefined ? null : cases.record(options.case).details,
        ),
        resize: options.resize,
        recipe: options.recipe,
        reference: chosenReference(options),
        relearning: options.relearning,
        shadowModels: options.shadowModels,
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

/**
 * What the options name, or the case does. Where both do, they must be the same: a run that differed from its case would
 * make a record that is not true.
 */
function whatToErase(
  { case: id, ...options }: EraseOptions,
  details: CaseDetails | null,
): { model: string; data: string; forget: string[] } {
  const path = (given: string | undefined): string => (given === undefined ? '' : resolve(given));
  const model = agreed('--model', path(options.model), details?.model ?? '', id);
  const data = agreed('--data', path(options.data), details?.data ?? '', id);
  const given = options.forget ?? [];
  const entered = details?.forget ?? [];
  agreed('--forget', inOrder(given), inOrder(entered), id);
  return { model, data, forget: given.length === 0 ? entered : given };
}

/** @param given empty, like what is entered, for nothing */
function agreed(option: string, given: string, entered: string, id: string | undefined): string {
  if (given === '' && entered === '') {
    throw new ProblemError(
      'bad-command',
      id === undefined
        ? `The option ${option} is missing.`
        : `Case ${id} does not say it, so the option ${option} is needed.`,
    );
  }
  if (given !== '' && entered !== '' && given !== entered) {
    throw new ProblemError(
      'bad-command',
      `Case ${id ?? ''} says something else than ${option}. Leave the option out, or change the case first.`,
    );
  }
  return given === '' ? entered : given;
}

function inOrder(names: readonly string[]): string {
  return names.length === 0 ? '' : JSON.stringify(names.toSorted());
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
  const classNames = plan.classNames.map(visible);
  const names = plan.forget.map((index) => classNames[index]).join(', ');
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
    ...judgementLines({ ...result, classNames }),
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
