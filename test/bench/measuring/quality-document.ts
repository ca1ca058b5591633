import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  figuresBeside,
  figuresOf,
  type ComparedFigures,
  type Trial,
} from '../../../app/comparison/comparison.ts';
import { barPlot, scatterPlot, type PlotPoint } from '../../../app/comparison/plots.ts';
import {
  findingNameSchema,
  type FindingName,
  type Unit,
} from '../../../engine/protocol/finding.ts';
import { margins as probeMargins } from '../../../engine/verify/findings/linear-probe.ts';
import { figureDigits } from '../../../engine/protocol/figure-text.ts';
import { writeMarkdown } from './markdown.ts';
import { casesOf, trialsOf, type Case } from './quality-cases.ts';
import { notesOnCase, notesOnPart, notesOnRecord } from './quality-notes.ts';
import type { PartName } from './quality-parts.ts';
import type { Key, Record as Result } from './quality-results.ts';
import { secondsText, threadsText, timeBars, timeRatio } from './quality-times.ts';
import { meanAndSpread, meanOf } from './statistics.ts';
import { table } from './table.ts';

export interface Wanted {
  readonly key: Key;
  readonly title: string;
}

export interface DocumentContent {
  readonly results: readonly Result[];
  /** All that the document would hold, were it complete. */
  readonly wanted: readonly Wanted[];
  /** Parts that could not be measured, and what they lack. */
  readonly lacking: readonly { readonly title: string; readonly lacks: string }[];
  /** Titles by part, in the order of the document. */
  readonly titles: ReadonlyMap<PartName, string>;
}

const documentFile = fileURLToPath(new URL('../../../docs/benchmarks.md', import.meta.url));
const imageFolder = fileURLToPath(new URL('../../../docs/images/', import.meta.url));
const imagePrefix = 'quality-';

/** Writes docs/benchmarks.md and its plots anew, from what there is, and says what is missing. */
export async function writeQualityDocument(content: DocumentContent): Promise<void> {
  removeOldPlots();
  const cases = casesOf(content.results, [...content.titles.keys()]);
  const text = [
    '# Quality',
    introduction,
    whereMeasured(content.results),
    ...notesOnRecord(cases),
    '## What is asked, and what is reached',
    asked,
    goalsTable(cases),
    trainedHere,
    ...Array.from(content.titles, ([part, title]) => section(part, title, cases)).flat(),
    '## Not measured',
    coverage(content),
    missing(content).join('\n'),
  ].join('\n\n');
  await writeMarkdown(documentFile, text);
}

const introduction = `How well each method makes models forget, what it leaves of the rest, and what can still be found in the features. \`npm run bench -- quality --write\` measures and writes all of this; no figure is typed by hand. Each run with all of its findings is a line of [benchmarks.jsonl](benchmarks.jsonl).

Erased are the first classes in alphabetical order. Every figure is a mean over the seeds, with the least and the most in brackets. The **reference** is the model retrained without the erased classes: what a method should come near to, not pass by far. *Forgotten* and *kept* are percent of test images of the erased and of the other classes that are recognised; *probe* and *prototypes*, percent of the erased that a linear probe and ten images bring back from the features; *membership*, the largest area under the curve of three attacks, 0.5 being a coin toss. The time is that of erasing alone.`;

const asked = `The mean over the seeds, in brackets what is asked of it, and **bold** where that is missed. *Time* is the median, as a multiple of that of \`paper\` with as many threads; in front of what is asked of it stand the least and the most among the seeds. Where no reference was beside a run, its verdict claims less, and the probe is held against the model that was retrained for these classes all the same.`;

const trainedHere = `The originals of All-CNN, MobileNetV2, MNIST and Fashion-MNIST were trained by this bench from random weights, as \`retrain\` trains. How far it shifts images, and whether it mirrors them, it finds by asking the model what it still knows; one that is untrained knows nothing, so that everything is allowed, and even digits may have been mirrored. These originals may therefore be weaker than they could be, and what is asked of *kept* is measured by them: there it is easier to reach.`;

/** From the record alone: it grows on several machines. */
function whereMeasured(results: readonly Result[]): string {
  const measured = results.flatMap(({ measured: when, load, trial }) =>
    trial === null ? [] : [{ day: when.slice(0, 10), load, ...trial.accelerator }],
  );
  if (measured.length === 0) return 'Nothing was measured yet.';
  const days = measured.map(({ day }) => day).sort();
  const span = [...new Set([days[0], days[days.length - 1]])].join(' to ');
  const machines = Array.from(
    Map.groupBy(
      measured,
      ({ name, version, threads, device }) =>
        `${device.name}, ${threadsText(threads)}, ${name} ${version}`,
    ),
    ([words, runs]) => `${words} (${String(runs.length)} runs)`,
  );
  const busy = measured.filter(({ load, threads }) => load > threads / 2).length;
  const notes = [
    machines.length === 1
      ? ''
      : ' Times are to be compared only within one machine and number of threads; what is asked of time is.',
    busy === 0
      ? ''
      : ` ${String(busy)} of ${String(measured.length)} runs shared the processor with other programs: their times are longer than they need be; no other figure depends on that.`,
  ];
  return `Measured ${span}: ${machines.join('; ')}.${notes.join('')}`;
}

// ------------------------------------------------------------------------------------------------ goals

/** What is asked of `adaptive`; of a figure without a limit nothing is known that it could be held to. */
type Goals = Partial<Record<GoalColumn['name'], Goal>>;

interface Goal {
  readonly value: number | null;
  /** The least and the most, where they are told apart. */
  readonly spread?: readonly [number, number] | null;
  readonly limit: number | null;
}

const goalColumns = [
  { name: 'read', title: 'images read', direction: '≤', digits: 0 },
  { name: 'forget', title: 'forgotten', direction: '≤', digits: 1 },
  { name: 'retain', title: 'kept', direction: '≥', digits: 1 },
  { name: 'probe', title: 'probe', direction: '≤', digits: 1 },
  { name: 'prototypes', title: 'prototypes', direction: '≤', digits: 1 },
  { name: 'time', title: 'time', direction: '≤', digits: 2 },
] as const;
type GoalColumn = (typeof goalColumns)[number];

function goalsTable(cases: readonly Case[]): string {
  const rows = cases.flatMap((each) => {
    const trials = each.trials.get('adaptive');
    if (trials === undefined) return [];
    const goals = goalsOf(each, trials);
    const isBeside = trials.some(({ thresholds }) => thresholds.reference !== null);
    return [
      [
        each.part,
        String(each.erased),
        String(trials.length),
        isBeside ? 'yes' : 'no',
        ...goalColumns.map((column) => goalCell(column, goals)),
      ],
    ];
  });
  if (rows.length === 0) return 'Nothing of it was measured yet.';
  const titles = goalColumns.map(({ title }) => title);
  return table(['`adaptive` on', 'erased', 'seeds', 'reference', ...titles], rows);
}

function goalCell({ name, direction, digits }: GoalColumn, goals: Goals): string {
  const goal = goals[name];
  if (goal === undefined) return '';
  const { value, spread = null, limit } = goal;
  if (value === null) return '–';
  if (limit === null) return `${value.toFixed(digits)} (?)`;
  const ends = spread === null ? '' : `${spread.map((end) => end.toFixed(digits)).join('–')}; `;
  const text = `${value.toFixed(digits)} (${ends}${direction} ${limit.toFixed(digits)})`;
  const isReached = direction === '≤' ? value <= limit : value >= limit;
  return isReached ? text : `**${text}**`;
}

type Figure = keyof ComparedFigures;

function meanFigure(trials: readonly Trial[], figure: Figure): number | null {
  return meanOfKnown(trials.map((trial) => figuresOf(trial)[figure]));
}

type Beside = 'original' | 'reference';

/**
 * What was retrained is the reference, also where the other methods were judged without it.
 * @param known what a trial knows of the model beside it
 * @param own what a trial comes to itself
 */
function meanBeside(
  each: Case,
  model: Beside,
  known: (trial: Trial) => number | null,
  own: (trial: Trial) => number | null,
): number | null {
  const beside = meanOfKnown(trialsOf(each).map(known));
  if (beside !== null || model === 'original') return beside;
  return meanOfKnown((each.trials.get('retrain') ?? []).map(own));
}

function besideFigure(each: Case, model: Beside, figure: Figure): number | null {
  return meanBeside(
    each,
    model,
    (trial) => figuresBeside(trial, model)[figure],
    (trial) => figuresOf(trial)[figure],
  );
}

function meanOfKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : meanOf(known);
}

function goalsOf(each: Case, trials: readonly Trial[]): Goals {
  const original = besideFigure(each, 'original', 'retain');
  const read = Math.max(
    ...trials.map(({ imagesReadOfForgetClasses }) => imagesReadOfForgetClasses),
  );
  const isFew = each.part === 'sample-20';
  const common = {
    read: { value: read, limit: 0 },
    forget: { value: meanFigure(trials, 'forget'), limit: isFew ? 2 : 1 },
  };
  const retain = meanFigure(trials, 'retain');
  if (isFew) {
    const limit = original === null ? null : 0.95 * original;
    return { ...common, retain: { value: retain, limit } };
  }
  if (each.part !== 'resnet18-cifar10')
    return { ...common, retain: { value: retain, limit: less(original, 1) } };
  const isOne = each.erased === 1;
  const probe = besideFigure(each, 'reference', 'probe');
  const time = timeRatio(trials, each.trials.get('paper') ?? []);
  return {
    ...common,
    retain: { value: retain, limit: less(original, 0.5) },
    probe: { value: meanFigure(trials, 'probe'), limit: isOne ? probe : more(probe, 3) },
    ...(isOne && {
      prototypes: {
        value: meanFigure(trials, 'prototypes'),
        limit: besideFigure(each, 'reference', 'prototypes'),
      },
      time: { value: time?.value ?? null, spread: time?.bySeed ?? null, limit: 2 },
    }),
  };
}

function less(value: number | null, by: number): number | null {
  return value === null ? null : value - by;
}

function more(value: number | null, by: number): number | null {
  return value === null ? null : value + by;
}

// ------------------------------------------------------------------------------------------------ parts

function section(part: PartName, title: string, cases: readonly Case[]): string[] {
  const ofPart = cases.filter((each) => each.part === part);
  if (ofPart.length === 0) return [];
  return [
    `## ${title}`,
    ...pictures(title, ofPart[0]),
    ...notesOnPart(ofPart),
    ...ofPart.flatMap((each) => [
      `### ${each.erased === 1 ? 'One class' : `${String(each.erased)} classes`} erased`,
      summary(each),
      ...withoutReference(each),
      ...notesOnCase(each),
      'Every finding, in its own unit; the mean over the seeds:',
      findings(each),
    ]),
  ];
}

/** What the weaker claim of a PASS without a reference let through here. */
function withoutReference(each: Case): string[] {
  const judged = Array.from(each.trials).flatMap(([method, trials]) =>
    method === 'retrain' || trials.some(({ thresholds }) => thresholds.reference !== null)
      ? []
      : [{ method, passed: trials.filter(({ verdict }) => verdict.value === 'PASS') }],
  );
  if (judged.length === 0) return [];
  const least = 'No reference was beside these runs, so their verdicts claim less.';
  const reference = besideFigure(each, 'reference', 'probe');
  if (reference === null) return [least];
  const tooMuch = judged.flatMap(({ method, passed }) => {
    const probe = meanFigure(passed, 'probe');
    return probe === null || probe <= reference + probeMargins.reference
      ? []
      : [`\`${method}\` (${figureDigits(probe, 'percent')})`];
  });
  if (tooMuch.length === 0) return [least];
  const granted = figureDigits(reference + probeMargins.reference, 'percent');
  return [
    `${least} Beside the model that was retrained here, a probe would be granted ${granted}%: with it, there would have been no PASS for ${tooMuch.join(' and ')}.`,
  ];
}

const columns = [
  { title: 'forgotten', figure: 'forget', unit: 'percent' },
  { title: 'kept', figure: 'retain', unit: 'percent' },
  { title: 'probe', figure: 'probe', unit: 'percent' },
  { title: 'prototypes', figure: 'prototypes', unit: 'percent' },
  { title: 'membership', figure: 'membership', unit: 'area' },
] as const;

function summary(each: Case): string {
  const beside = (model: Beside): string[] => [
    model,
    ...columns.map(({ figure, unit }) => shown(besideFigure(each, model, figure), unit)),
    '',
    '',
  ];
  const rows = Array.from(each.trials, ([method, trials]) => [
    method,
    ...columns.map(({ figure, unit }) => {
      const values = trials
        .map((trial) => figuresOf(trial)[figure])
        .filter((value) => value !== null);
      return values.length === 0
        ? '–'
        : meanAndSpread(values, (value) => figureDigits(value, unit));
    }),
    verdicts(trials),
    secondsText(each, trials),
  ]);
  return table(
    ['', ...columns.map(({ title }) => title), 'verdicts', 'seconds'],
    [beside('original'), beside('reference'), ...rows],
  );
}

/** "PASS, 2 FAIL" */
function verdicts(trials: readonly Trial[]): string {
  const counts = Map.groupBy(trials, ({ verdict }) => verdict.value);
  return Array.from(counts, ([value, { length }]) =>
    length === 1 ? value : `${String(length)} ${value}`,
  ).join(', ');
}

function findings(each: Case): string {
  const all = trialsOf(each);
  const names = findingNameSchema.options.filter((name) =>
    all.some((trial) => trial.thresholds.limits.some((limit) => limit.name === name)),
  );
  const rows = names.map((name) => {
    const unit = unitOf(all, name);
    const beside = (model: Beside): string => {
      const known = ({ thresholds }: Trial): number | null =>
        thresholds.limits.find((limit) => limit.name === name)?.[model] ?? null;
      return shown(
        meanBeside(each, model, known, (trial) => valueOf(trial, name)),
        unit,
      );
    };
    const ofMethods = Array.from(each.trials.values(), (trials) =>
      shown(meanOfKnown(trials.map((trial) => valueOf(trial, name))), unit),
    );
    const words = `${name.replaceAll('-', ' ')}${unit === null ? '' : `, ${unit}`}`;
    return [words, beside('original'), beside('reference'), ...ofMethods];
  });
  return table(['finding', 'original', 'reference', ...each.trials.keys()], rows);
}

function valueOf({ findings }: Trial, name: FindingName): number | null {
  return findings.find((finding) => finding.name === name)?.measurement?.value ?? null;
}

function unitOf(trials: readonly Trial[], name: FindingName): Unit | null {
  const measured = trials
    .flatMap((trial) => trial.findings.filter((finding) => finding.name === name))
    .find(({ measurement }) => measurement !== null);
  return measured?.measurement?.unit ?? null;
}

function shown(value: number | null, unit: Unit | null): string {
  return value === null || unit === null ? '–' : figureDigits(value, unit);
}

// ---------------------------------------------------------------------------------------------- pictures

function removeOldPlots(): void {
  if (!existsSync(imageFolder)) mkdirSync(imageFolder, { recursive: true });
  for (const name of readdirSync(imageFolder)) {
    if (name.startsWith(imagePrefix)) rmSync(join(imageFolder, name));
  }
}

function pictures(title: string, each: Case): string[] {
  const classes = each.erased === 1 ? 'one class' : `${String(each.erased)} classes`;
  // The heading above says the rest, which would run out of the picture.
  const of = `${title.split(', on ')[0]}, ${classes} erased`;
  const points = (x: 'forget' | 'probe'): PlotPoint[] => [
    ...(['original', 'reference'] as const).flatMap((name) =>
      point(name, true, besideFigure(each, name, x), besideFigure(each, name, 'retain')),
    ),
    ...Array.from(each.trials, ([method, trials]) =>
      point(method, false, meanFigure(trials, x), meanFigure(trials, 'retain')),
    ).flat(),
  ];
  const kept = 'recognised of the classes kept, %';
  return [
    picture(each.part, 'forget', 'Forgotten and kept', {
      svg: scatterPlot({
        title: `Forgotten and kept: ${of}`,
        ...{ x: 'recognised of the erased, %', y: kept, points: points('forget') },
      }),
    }),
    picture(each.part, 'probe', 'Hidden and kept', {
      svg: scatterPlot({
        title: `Hidden and kept: ${of}`,
        ...{ x: 'a probe recovers of the erased, %', y: kept, points: points('probe') },
      }),
    }),
    picture(each.part, 'time', 'Time', {
      svg: barPlot({ title: `Time of erasing: ${of}`, ...timeBars(each) }),
    }),
  ];
}

function point(name: string, landmark: boolean, x: number | null, y: number | null): PlotPoint[] {
  return x === null || y === null ? [] : [{ name, landmark, x, y }];
}

function picture(part: PartName, name: string, words: string, { svg }: { svg: string }): string {
  const file = `${imagePrefix}${part}-${name}.svg`;
  writeFileSync(join(imageFolder, file), svg);
  return `![${words}](images/${file})`;
}

// ----------------------------------------------------------------------------------------------- missing

function openRuns({ results, wanted }: DocumentContent): Wanted[] {
  const done = new Set(results.map(({ key }) => JSON.stringify(key)));
  return wanted.filter(({ key }) => !done.has(JSON.stringify(key)));
}

function coverage(content: DocumentContent): string {
  const { length } = content.wanted;
  return `Of ${String(length)} runs ${String(length - openRuns(content).length)} were made. What is missing is run by the same command, which goes on where it was stopped.`;
}

function missing(content: DocumentContent): string[] {
  const { results, wanted, lacking } = content;
  const stillOpen = new Set(openRuns(content));
  const byCase = Map.groupBy(wanted, ({ title, key }) => `${title}, ${String(key.erased)} erased`);
  const failed = results.filter(({ problem }) => problem !== null);
  return [
    ...lacking.map(({ title, lacks }) => `- ${title}: it needs ${lacks}.`),
    ...Array.from(byCase, ([words, runs]) => {
      const open = runs.filter((run) => stillOpen.has(run));
      if (open.length === 0) return [];
      if (open.length === runs.length) return [`- ${words}: nothing was run yet.`];
      const seeds = Map.groupBy(open, ({ key }) => key.method);
      const methods = Map.groupBy(seeds, ([, ofMethod]) =>
        ofMethod.map(({ key }) => String(key.seed)).join(', '),
      );
      const told = Array.from(
        methods,
        ([which, ofSeeds]) => `${ofSeeds.map(([method]) => method).join(', ')} (seed ${which})`,
      );
      return [`- ${words}: not run yet are ${told.join('; ')}.`];
    }).flat(),
    ...failed.map(
      ({ key, problem }) =>
        `- ${key.part}, ${String(key.erased)} erased, ${key.method}, seed ${String(key.seed)}: ${problem ?? ''}`,
    ),
  ];
}
