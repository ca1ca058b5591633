import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import {
  compareMethods,
  figuresBeside,
  figuresOf,
  type ComparedFigures,
  type Comparison,
} from '../comparison/comparison.ts';
import { barPlot, scatterPlot, type PlotPoint } from '../comparison/plots.ts';
import { EngineHost } from '../engine-host/engine-host.ts';
import { figureDigits } from '../../engine/protocol/figure-text.ts';
import type { Unit } from '../../engine/protocol/finding.ts';
import { ProblemError } from '../../engine/protocol/problem.ts';
import type { AcceleratorName } from '../../engine/protocol/protocol.ts';
import { recipeNameSchema, type RecipeName } from '../../engine/protocol/recipe.ts';
import {
  acceleratorOption,
  jsonOption,
  preprocessingOption,
  reportingProblems,
  resizeOption,
  seedOption,
  verboseOption,
} from './options.ts';
import { duration, jsonReporter, terminalReporter, writeJson } from './reporter.ts';

interface CompareOptions {
  readonly model: string;
  readonly data: string;
  readonly forget: string[];
  readonly methods: RecipeName[];
  readonly reference: string | null;
  readonly relearning: boolean;
  readonly seed: number;
  readonly preprocessing: string | null;
  readonly resize: boolean;
  readonly accelerator: AcceleratorName | null;
  readonly out: string;
  readonly json: boolean;
  readonly verbose: boolean;
}

export function compareCommand(): Command {
  return new Command('compare')
    .description('try methods of erasing on one model and data, and compare what they come to')
    .requiredOption('--model <path>', 'an .onnx file, or the folder of a TF.js Layers model')
    .requiredOption(
      '--data <path>',
      'images: train/<class>/ and test/<class>/, or <class>/, or the files of MNIST',
    )
    .requiredOption('--forget <class...>', 'the classes to erase, by name')
    .addOption(
      new Option('--methods <name...>', 'the methods to try')
        .choices(recipeNameSchema.options)
        .default([...recipeNameSchema.options], 'all'),
    )
    .addOption(
      new Option(
        '--reference <path>',
        'a model trained in the same way without the classes, to compare with',
      ).default(null, 'the one that the method retrain makes here'),
    )
    .option(
      '--no-relearning',
      'leave out how fast the classes are learned again, which takes training steps',
    )
    .addOption(seedOption())
    .addOption(preprocessingOption())
    .addOption(resizeOption())
    .addOption(acceleratorOption())
    .addOption(
      new Option(
        '--out <folder>',
        'for the plots, all findings, and a model retrained here',
      ).default(
        join('lethe-compare', new Date().toISOString().slice(0, 19).replaceAll(':', '-')),
        'lethe-compare/<time>',
      ),
    )
    .addOption(jsonOption())
    .addOption(verboseOption())
    .addHelpText(
      'after',
      `
This is to choose by. No erased model is kept, and nothing comes into the ledger: erase with lethe erase.

Examples:
  lethe compare --model faces.onnx --data pictures --forget "Elif T"
  lethe compare --model faces.onnx --data pictures --forget "Elif T" --methods adaptive fine-tune --reference retrained.onnx`,
    )
    .action(async (options: CompareOptions) => {
      await reportingProblems(options, () => compare(options));
    });
}

async function compare(options: CompareOptions): Promise<void> {
  const { json, verbose: _verbose, out, ...request } = options;
  const reporter = json ? jsonReporter() : terminalReporter();
  const stop = new AbortController();
  const onSignal = (): void => {
    stop.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  const engine = new EngineHost();
  const folder = resolve(out);
  try {
    if (existsSync(join(folder, fileNames.findings))) {
      throw new ProblemError(
        'output-exists',
        `There is a comparison at ${folder} already. Name another folder, so that nothing is overwritten.`,
      );
    }
    const comparison = await compareMethods(
      { ...request, retrained: join(folder, `retrained${extname(request.model)}`) },
      engine,
      {
        ...reporter,
        method: (method) => {
          reporter.notice(`Trying ${method}.`);
        },
      },
      stop.signal,
    );
    reporter.end();
    const rows = rowsOf(comparison);
    const files = writeFiles(folder, options, comparison, rows);
    if (json) writeJson({ event: 'result', ...comparison, rows, files });
    else process.stdout.write(describe(options, comparison, rows, folder));
  } finally {
    reporter.end();
    engine.close();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

interface Row extends ComparedFigures {
  readonly name: string;
  readonly landmark: boolean;
  readonly verdict: string | null;
  readonly seconds: number | null;
}

/** The original and the reference, then the methods in the order in which they were tried. */
function rowsOf({ trials }: Comparison): Row[] {
  const beside = (name: 'original' | 'reference'): Row[] => {
    const trial = trials.find(
      ({ thresholds }) => name === 'original' || thresholds.reference !== null,
    );
    if (trial === undefined) return [];
    return [{ name, landmark: true, ...figuresBeside(trial, name), verdict: null, seconds: null }];
  };
  return [
    ...beside('original'),
    ...beside('reference'),
    ...trials.map((trial) => ({
      name: trial.method,
      landmark: false,
      ...figuresOf(trial),
      verdict: trial.verdict.value,
      seconds: trial.seconds,
    })),
  ];
}

const fileNames = {
  findings: 'comparison.json',
  forget: 'forget-retain.svg',
  probe: 'probe-retain.svg',
  time: 'time.svg',
} as const;

function writeFiles(
  folder: string,
  { model, forget }: CompareOptions,
  comparison: Comparison,
  rows: readonly Row[],
): string[] {
  const of = `${basename(model)}, erasing ${forget.length === 1 ? 'one class' : `${String(forget.length)} classes`}`;
  const points = (x: 'forget' | 'probe'): PlotPoint[] =>
    rows.flatMap(({ name, landmark, retain, [x]: across }) =>
      retain === null || across === null ? [] : [{ name, landmark, x: across, y: retain }],
    );
  const retain = 'still recognised of the classes to keep, %';
  const forgetPoints = points('forget');
  const probePoints = points('probe');
  const timed = rows.flatMap(({ name, seconds }) =>
    seconds === null ? [] : [{ name, value: seconds }],
  );
  const contents: [name: string, content: string | null][] = [
    [fileNames.findings, `${JSON.stringify({ ...comparison, rows }, null, 2)}\n`],
    [
      fileNames.forget,
      forgetPoints.length === 0
        ? null
        : scatterPlot({
            title: `Forgotten and kept: ${of}`,
            x: 'still recognised of the erased, %',
            y: retain,
            points: forgetPoints,
          }),
    ],
    [
      fileNames.probe,
      probePoints.length === 0
        ? null
        : scatterPlot({
            title: `Hidden and kept: ${of}`,
            x: 'a probe recovers of the erased, %',
            y: retain,
            points: probePoints,
          }),
    ],
    [fileNames.time, barPlot({ title: `Time: ${of}`, x: 'seconds', bars: timed })],
  ];
  return contents.flatMap(([name, content]) => {
    if (content === null) return [];
    mkdirSync(folder, { recursive: true });
    const file = join(folder, name);
    writeFileSync(file, content);
    return [file];
  });
}

function describe(
  { forget }: CompareOptions,
  { untried, trials, reference, unfit }: Comparison,
  rows: readonly Row[],
  folder: string,
): string {
  const columns = ['forgotten', 'kept', 'probe', 'prototypes', 'membership', 'verdict', 'time'];
  const line = (name: string, cells: readonly string[]): string =>
    `  ${name.padEnd(22)}${cells.map((cell) => cell.padStart(13)).join('')}`;
  const value = (figure: number | null, unit: Unit): string =>
    figure === null ? '–' : figureDigits(figure, unit);
  const table = rows.map((row) =>
    line(row.name, [
      ...[row.forget, row.retain, row.probe, row.prototypes].map((figure) =>
        value(figure, 'percent'),
      ),
      value(row.membership, 'area'),
      row.verdict ?? '–',
      row.seconds === null ? '–' : duration(row.seconds),
    ]),
  );
  const lines = [
    `Erasing ${forget.join(', ')}:`,
    '',
    line('', columns),
    ...table,
    '',
    'Forgotten, kept: percent of test images of the erased and of the other classes that are recognised. Probe,',
    'prototypes: percent of the erased that can be recovered from the features. Membership: 0.5 is a coin toss.',
    'None of it is closer to its goal by being far below the reference, which never saw the erased classes.',
    ...untried.map(({ method, sentence }) => `\nNot tried: ${method}. ${sentence}`),
    ...(unfit === null ? [] : ['', unfit]),
    '',
    reference === null
      ? 'There was no reference, so that all is compared with the original, which proves less.'
      : `Reference      ${reference}`,
    `Plots, findings ${folder}`,
  ];
  if (trials.some(({ method }) => method === 'retrain') && reference !== null) {
    lines.push('The method retrain is itself judged without a reference, where it made the one.');
  }
  return `${lines.join('\n')}\n`;
}
