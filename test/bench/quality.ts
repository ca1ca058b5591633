import { existsSync } from 'node:fs';
import { loadavg } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { tryMethod, type TrialRequest } from '../../app/comparison/comparison.ts';
import { EngineHost } from '../../app/engine-host/engine-host.ts';
import { openDataset } from '../../engine/data/data.ts';
import { ProblemError } from '../../engine/protocol/problem.ts';
import { acceleratorNameSchema } from '../../engine/protocol/protocol.ts';
import { recipeNameSchema } from '../../engine/protocol/recipe.ts';
import { warnIfBusy } from './measuring/machine.ts';
import { flag, listOf, readOptions, wholeNumber } from './measuring/options.ts';
import { writeQualityDocument, type Wanted } from './measuring/quality-document.ts';
import { outcomeOf } from './measuring/quality-outcome.ts';
import {
  modelsIn,
  openPart,
  partNames,
  type Part,
  type PartName,
} from './measuring/quality-parts.ts';
import { Results, type Key } from './measuring/quality-results.ts';
import { digestOfSources } from './measuring/quality-sources.ts';

/**
 * Every method of erasing on several models and data, beside the models retrained without the erased classes.
 *
 *   npm run bench -- quality --folder DIR [--data DIR --model FILE [--reference FILE]] [--mnist DIR] [--fashion-mnist DIR]
 *     [--parts sample,…|none] [--counts 1,2,4,7] [--seeds 3] [--methods adaptive,…] [--without-reference]
 *     [--accelerator onnxruntime] [--write]
 *
 * --data is CIFAR-10 as train/<class>/ and test/<class>/, --model a ResNet-18 for it, --reference one trained without its
 * first class. Other models are trained here, once, and kept in --folder; to retrain references is most of it, and is left
 * out with --without-reference. The whole takes many hours: each run is kept in docs/benchmarks.jsonl as soon as it is
 * done, so that the bench goes on where it was stopped; what a line there says is measured again when the line is deleted.
 * What fails for the method's or the data's sake is kept too; any other failure ends the bench.
 * --write puts whatever there is into docs/benchmarks.md after each run, and says there what is missing; with --parts none
 * it does only that.
 */

const engineFolder = fileURLToPath(new URL('../../engine', import.meta.url));
const allCounts = ['1', '2', '4', '7'] as const;

const options = readOptions(
  z.object({
    folder: z.string(),
    data: z.string().optional(),
    model: z.string().optional(),
    reference: z.string().optional(),
    mnist: z.string().optional(),
    'fashion-mnist': z.string().default('/usr/share/datasets/fashion-mnist'),
    parts: listOf([...partNames, 'none']).prefault(partNames.join(',')),
    counts: listOf(allCounts).prefault(allCounts.join(',')),
    seeds: wholeNumber.default(3),
    methods: listOf(recipeNameSchema.options).prefault(recipeNameSchema.options.join(',')),
    'without-reference': flag,
    accelerator: acceleratorNameSchema.default('onnxruntime'),
    python: z.string().default('/usr/bin/python3'),
    write: flag,
  }),
);
const { accelerator } = options;
const seeds = [...Array(options.seeds).keys()];

const results = new Results(fileURLToPath(new URL('../../docs/benchmarks.jsonl', import.meta.url)));
const wanted: Wanted[] = [];
const lacking: { title: string; lacks: string }[] = [];
const titles = new Map<PartName, string>();
const engine = new EngineHost();
warnIfBusy();
try {
  const parts: Part[] = [];
  for (const name of partNames) {
    const part = await openPart(name, options, options.folder, {
      accelerator,
      train: options.parts.includes(name),
    });
    titles.set(name, part.title);
    if ('lacks' in part) lacking.push(part);
    else parts.push(part);
  }
  for (const part of parts) {
    for (const erased of allCounts.map(Number).filter((count) => count <= part.mostErased)) {
      for (const method of recipeNameSchema.options) {
        for (const seed of seeds) {
          wanted.push({ title: part.title, key: { part: part.name, erased, method, seed } });
        }
      }
    }
  }
  await write();
  for (const part of parts.filter(({ name }) => options.parts.includes(name))) {
    for (const erased of options.counts.map(Number).filter((count) => count <= part.mostErased)) {
      await measureCase(part, erased);
    }
  }
} catch (error) {
  if (!(error instanceof ProblemError)) throw error;
  const { sentence, detail } = error.problem;
  process.stderr.write(`${[sentence, detail].join('\n').trimEnd()}\n`);
  process.exitCode = 1;
} finally {
  engine.close();
}

async function measureCase(part: Part, erased: number): Promise<void> {
  const dataset = await openDataset(part.data, { imageShape: null, resize: true, seed: 0 });
  const forget = dataset.info.classNames.slice(0, erased);
  await dataset.close();
  const request = {
    model: part.model,
    data: part.data,
    resize: part.resize,
    forget,
    preprocessing: part.preprocessing,
    accelerator,
    relearning: true,
  };
  const isBeside = !options['without-reference'];
  const reference = isBeside ? await referenceFor(part, erased, request) : null;
  if (isBeside && reference === null) return;
  for (const seed of seeds) {
    for (const method of options.methods) {
      const key: Key = { part: part.name, erased, method, seed };
      if (results.find(key) === null) {
        await measure(key, { ...request, reference, method, seed, output: null });
      }
    }
  }
}

/** The one given, or the one that the first seed's `retrain` makes; null where that failed. */
async function referenceFor(
  part: Part,
  erased: number,
  request: Omit<TrialRequest, 'method' | 'output' | 'reference' | 'seed'>,
): Promise<string | null> {
  const given = part.references.get(erased);
  if (given !== undefined) return given;
  const file = `${part.name}-without-${String(erased)}${extname(part.model)}`;
  const output = join(modelsIn(options.folder), file);
  if (existsSync(output)) return output;
  const method = 'retrain';
  const key: Key = { part: part.name, erased, method, seed: 0 };
  const isKnownToFail = results.find(key)?.trial === null;
  if (!isKnownToFail) await measure(key, { ...request, reference: null, method, seed: 0, output });
  return existsSync(output) ? output : null;
}

async function measure(key: Key, request: TrialRequest): Promise<void> {
  const words = [key.part, `${String(key.erased)} erased`, key.method, `seed ${String(key.seed)}`];
  process.stderr.write(`${words.join(', ')}\n`);
  const sources = digestOfSources(engineFolder);
  const common = { key, measured: new Date().toISOString(), load: loadavg()[0], sources };
  const outcome = await outcomeOf(() => tryMethod(request, engine, {}));
  results.add({ ...common, ...outcome });
  await write();
}

async function write(): Promise<void> {
  if (!options.write) return;
  await writeQualityDocument({ results: results.all, wanted, lacking, titles });
}
