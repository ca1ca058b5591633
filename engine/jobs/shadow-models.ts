import { openDataset } from '../data/data.ts';
import type { Dataset, ImageReference } from '../data/dataset.ts';
import { DrawnDataset } from '../data/drawn-dataset.ts';
import { MatchedData, matchClasses, type ClassMatch } from '../data/matched-data.ts';
import { openModel, type TrainableModel } from '../models/models.ts';
import { percentText } from '../protocol/figure-text.ts';
import { ProblemError } from '../protocol/problem.ts';
import type { EraseCommand, Preprocessing, Split } from '../protocol/protocol.ts';
import type { Recipe } from '../protocol/recipe.ts';
import { deriveSeed } from '../random.ts';
import { heldOutAccuracy } from '../unlearn/held-out.ts';
import {
  costOf,
  makeRecipe,
  passCost,
  unlearn,
  type ErasureStep,
  type PhaseCost,
} from '../unlearn/unlearn.ts';
import { collectAnswers, type Evidence, type ImageSample } from '../verify/evidence.ts';
import { drawHalves, signalsOn, type ShadowModel } from '../verify/shadow-models.ts';
import { runThrough } from './run-through.ts';
import type { PlannedPhase, Schedule } from './schedule.ts';

/** What shadow models are made from, besides what the command names. */
interface Origin {
  readonly count: number;
  readonly match: ClassMatch;
  readonly forget: readonly number[];
  readonly retain: readonly number[];
  readonly preprocessing: Preprocessing;
  /** How the original is going to be made to forget, and what that costs. */
  readonly recipe: Recipe;
  readonly erasing: readonly PhaseCost[];
  /** Images of the forget classes, which they are asked about. */
  readonly sample: ImageSample;
}

/** One of them, with the images as it is to see them. */
interface Shadow {
  readonly model: TrainableModel;
  readonly data: MatchedData;
  readonly match: ClassMatch;
  readonly index: number;
}

/** At most so many test images of the retain classes tell how good a shadow model is. */
const mostAsked = 1000;

/**
 * Trains the models of an attack on single images and makes them forget. Each is trained from nothing, as a reference is, on
 * all training images of the retain classes and half of all images of the forget classes. None is kept.
 */
export class ShadowModels {
  readonly #command: EraseCommand;
  readonly #origin: Origin;

  /** @throws ProblemError `no-retain-images`, `no-forget-images` */
  constructor(command: EraseCommand, origin: Origin) {
    this.#command = command;
    this.#origin = origin;
    const { match, forget, retain } = origin;
    const lacking = (split: Split, classes: readonly number[]): string | undefined =>
      match.classNames[classes.find((index) => match.images(split, index) === 0) ?? -1];
    const untrained = lacking('train', retain) ?? lacking('train', forget);
    const untested = lacking('test', forget);
    if (untrained === undefined && untested === undefined) return;
    const [kind, folder] = untrained === undefined ? ['test', 'test'] : ['training', 'train'];
    throw new ProblemError(
      lacking('train', retain) === undefined ? 'no-forget-images' : 'no-retain-images',
      `An attack with shadow models needs training images of all classes, and test images of those to erase. There are no ${kind} images of "${untrained ?? untested ?? ''}". Add some under ${folder}/<class name>/, or run without the attack.`,
    );
  }

  /** What {@link train} goes through: all in passes of training, which is most of it. */
  get phases(): PlannedPhase[] {
    const { count, match, forget, retain, erasing } = this.#origin;
    const pool = imagesAmong(match, forget) + imagesAmong(match, forget, 'test');
    const images = { retain: imagesAmong(match, retain) + Math.floor(pool / 2), forget: 0 };
    const training = costOf(makeRecipe('retrain', 0, images), { ...images, forgetClasses: 0 });
    const costs = [...training, ...erasing].map((cost) => cost.images * cost.costPerImage);
    const cost = costs.reduce((sum, each) => sum + each, 0);
    const costPerImage = passCost.train;
    return [
      { phase: 'training-shadow-models', images: (count * cost) / costPerImage, costPerImage },
    ];
  }

  /**
   * What they read counts for no erasure.
   * @throws ProblemError `cancelled`
   */
  async train(schedule: Schedule): Promise<ShadowModel[]> {
    const { model: path, data: images, resize, seed } = this.#command;
    const { count, match, forget } = this.#origin;
    const model = await openModel(path);
    try {
      const imageShape = model.info.inputShape;
      const dataset = await openDataset(images, { imageShape, resize, seed });
      try {
        const halves = match.dataLabels(forget).map((label) => {
          const pool = (['train', 'test'] as const).flatMap((split) =>
            dataset.select({ split, labels: [label], perClass: Infinity }),
          );
          const seedOfClass = deriveSeed(seed, 'shadow models', label);
          return { label, halves: drawHalves(pool, count, seedOfClass) };
        });
        const asOpened = await model.snapshot();
        const shadows: ShadowModel[] = [];
        for (let index = 0; index < count; index++) {
          // What training anew asks of the original it must not ask of the one before.
          model.restore(asOpened);
          const drawn = new Map(halves.map((each) => [each.label, each.halves[index]]));
          shadows.push(await this.#trainOne(model, dataset, drawn, index, schedule));
        }
        return shadows;
      } finally {
        await dataset.close();
      }
    } finally {
      model.dispose();
    }
  }

  async #trainOne(
    model: TrainableModel,
    dataset: Dataset,
    drawn: ReadonlyMap<number, readonly ImageReference[]>,
    index: number,
    schedule: Schedule,
  ): Promise<ShadowModel> {
    const { forget, retain, preprocessing, sample } = this.#origin;
    const halved = new DrawnDataset(dataset, drawn);
    const match = matchClasses(model.info, halved.info);
    const data = new MatchedData(halved, match, preprocessing);
    const shadow = { model, data, match, index };
    await this.#learn(shadow, schedule);
    const asked = thinned(data.select('test', retain), mostAsked);
    const retainAccuracy = (await heldOutAccuracy(model, data, asked, 'measure')) ?? 0;
    const trained = signalsOn(await this.#answers(shadow, schedule), forget);
    await this.#forget(shadow, schedule);
    const erased = signalsOn(await this.#answers(shadow, schedule), forget);
    const learned = new Set([...drawn.values()].flat().map(nameOf));
    const isLearned = (reference: ImageReference): boolean => learned.has(nameOf(reference));
    return {
      learned: { test: sample.test.map(isLearned), train: sample.train.map(isLearned) },
      trained,
      erased,
      retainAccuracy,
    };
  }

  async #learn({ model, data, match, index }: Shadow, schedule: Schedule): Promise<void> {
    const all = [...match.classNames.keys()];
    const images = { retain: imagesAmong(match, all), forget: 0 };
    const recipe = makeRecipe('retrain', this.#seed('training', index), images);
    const openOriginal = () => openModel(this.#command.model);
    const training = unlearn(recipe, { model, openOriginal, data, forget: [], retain: all });
    const costs = costOf(recipe, { ...images, forgetClasses: 0 });
    await this.#goThrough(training, costs, index, schedule);
  }

  async #forget({ model, data, match, index }: Shadow, schedule: Schedule): Promise<void> {
    const { forget, retain, recipe: own, erasing: costs } = this.#origin;
    const images = { retain: imagesAmong(match, retain), forget: imagesAmong(match, forget) };
    const classes = { retain: retain.length, forget: forget.length };
    const recipe = makeRecipe(own.name, this.#seed('erasing', index), images, classes);
    const trained = await model.snapshot();
    const openOriginal = async (): Promise<TrainableModel> => {
      const original = await openModel(this.#command.model);
      original.restore(trained);
      return original;
    };
    const erasing = unlearn(recipe, { model, openOriginal, data, forget, retain });
    await this.#goThrough(erasing, costs, index, schedule);
  }

  #seed(purpose: string, index: number): number {
    return deriveSeed(this.#command.seed, 'shadow models', purpose, index);
  }

  async #goThrough(
    work: AsyncIterable<ErasureStep>,
    costs: readonly PhaseCost[],
    index: number,
    schedule: Schedule,
  ): Promise<void> {
    const progress = { step: index, steps: this.#origin.count, loss: null, accuracy: null };
    for await (const { phase, images } of work) {
      const cost = costs.find((each) => each.phase === phase)?.costPerImage ?? 0;
      await schedule.step('training-shadow-models', (images * cost) / passCost.train, progress);
    }
  }

  async #answers(
    { model, data, index }: Shadow,
    schedule: Schedule,
  ): Promise<Pick<Evidence, 'test' | 'train'>> {
    const { match, sample } = this.#origin;
    const classCount = match.classNames.length;
    const outputs = [...match.classNames.keys()];
    const collecting = collectAnswers(model, data, sample, { outputs, classCount });
    const progress = { step: index, steps: this.#origin.count, loss: null, accuracy: null };
    return await runThrough(collecting, () => schedule.step('training-shadow-models', 0, progress));
  }
}

/** A sentence for the officer, without names of classes. */
export function accountOf(shadows: readonly ShadowModel[]): string {
  const accuracies = shadows.map(({ retainAccuracy }) => retainAccuracy);
  const [least, most] = [Math.min(...accuracies), Math.max(...accuracies)].map(percentText);
  return `For the attack on single images ${String(shadows.length)} models were trained from random weights, each on half of the images of what is erased, and made to forget by the same method; before that they recognised ${least} to ${most} of test images of the kept classes.`;
}

function imagesAmong(
  match: ClassMatch,
  classes: readonly number[],
  split: Split = 'train',
): number {
  return classes.reduce((sum, index) => sum + match.images(split, index), 0);
}

/** So many of them at most, evenly from the whole list. */
function thinned<Item>(items: readonly Item[], most: number): Item[] {
  const step = Math.max(1, items.length / most);
  return items.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}

function nameOf({ split, label, index }: ImageReference): string {
  return [split, label, index].join(' ');
}
