import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openDataset } from '../data/data.ts';
import { MatchedData, type ClassMatch } from '../data/matched-data.ts';
import { syncFolder } from '../models/write-output.ts';
import { openModel } from '../models/models.ts';
import { ProblemError } from '../protocol/problem.ts';
import type {
  DatasetInfo,
  ModelInfo,
  Preprocessing,
  ReferenceChoice,
} from '../protocol/protocol.ts';
import type { RecipeNamed } from '../protocol/recipe.ts';
import { deriveSeed } from '../random.ts';
import { costOf, makeRecipe, unlearn } from '../unlearn/unlearn.ts';
import type { PlannedPhase, Schedule } from './schedule.ts';

/** What a reference is made from. */
interface Origin {
  /** Where the original and the images are. */
  readonly paths: { readonly model: string; readonly data: string };
  readonly resize: boolean;
  readonly seed: number;
  readonly model: ModelInfo;
  readonly data: DatasetInfo;
  readonly match: ClassMatch;
  readonly retain: readonly number[];
  readonly preprocessing: Preprocessing;
}

/** A model to compare with. */
export interface Reference {
  /** Where it is, once it is made. */
  readonly path: string;
  /** What {@link make} goes through. */
  readonly phases: readonly PlannedPhase[];
  /** Where it comes from, in sentences that name no class. */
  readonly account: readonly string[];
  /**
   * Makes it, unless it is there.
   * @throws ProblemError `disk-failed`, `cancelled`
   */
  make(schedule: Schedule): Promise<void>;
  /** What it means, of this model, that it could not be compared with. */
  explained(thrown: unknown): unknown;
}

/** @throws ProblemError `no-retain-images` where it is to be trained, and a class to be kept has no training images */
export function chooseReference(choice: ReferenceChoice | null, origin: Origin): Reference | null {
  if (choice === null) return null;
  if (choice.kind === 'retrained') return new RetrainedReference(choice.folder, origin);
  return {
    path: choice.path,
    phases: [],
    account: [
      'The reference was given. That it was trained without the erased class is the word of whoever gave it: what can be seen, that it does not recognise the class, cannot tell it from others by its score and is not the original with some changes, was made sure of.',
    ],
    make: () => Promise.resolve(),
    explained: (thrown) => thrown,
  };
}

/**
 * A model of the original's structure, trained here from nothing on all images of the retain classes. It is kept under a name
 * that follows from all that it is made from, so that the next erasure of the same classes finds it.
 */
class RetrainedReference implements Reference {
  readonly path: string;
  readonly #folder: string;
  readonly #origin: Origin;
  readonly #images: number;
  readonly #recipe: RecipeNamed<'retrain'>;
  readonly #isKept: boolean;

  constructor(folder: string, origin: Origin) {
    const { resize, seed, model, data, match, retain, preprocessing } = origin;
    const unseen = retain.find((index) => match.images('train', index) === 0);
    if (unseen !== undefined) {
      throw new ProblemError(
        'no-retain-images',
        `A reference is trained on all classes to keep, and there are no training images of "${match.classNames[unseen]}". Add some under train/<class name>/, or run without a reference.`,
      );
    }
    this.#folder = folder;
    this.#origin = origin;
    this.#images = retain.reduce((sum, index) => sum + match.images('train', index), 0);
    // Otherwise an erasure by `retrain` would be compared with itself.
    const ownSeed = deriveSeed(seed, 'reference');
    this.#recipe = makeRecipe('retrain', ownSeed, { retain: this.#images, forget: 0 });
    const madeFrom = [model.sha256, data.digest, resize, seed, preprocessing];
    const name = createHash('sha256')
      .update(JSON.stringify([...madeFrom, retain, this.#recipe]))
      .digest('hex');
    this.path = join(folder, model.format === 'onnx' ? `${name}.onnx` : name);
    this.#isKept = existsSync(this.path);
  }

  get phases(): PlannedPhase[] {
    if (this.#isKept) return [];
    const images = { retain: this.#images, forget: 0, forgetClasses: 0 };
    return costOf(this.#recipe, images).map((cost) => ({
      ...cost,
      phase: 'training-reference' as const,
    }));
  }

  get account(): string[] {
    const how = `from random weights, for ${String(this.#recipe.epochs)} epochs, on ${String(this.#images)} images of the kept classes`;
    const run = this.#isKept ? 'an earlier' : 'this';
    return [
      `The reference is a model of the same structure that was trained for ${run} run: ${how}.`,
    ];
  }

  explained(thrown: unknown): unknown {
    if (!(thrown instanceof ProblemError) || thrown.problem.code !== 'unfit-reference')
      return thrown;
    return new ProblemError(
      'unfit-reference',
      'The model that was trained to compare with came out much worse on the classes to keep than yours is, so nothing can be compared with it. Most likely yours was trained on more images than these. Give all of them, or a reference of your own, or run without one.',
      thrown.problem.detail,
      { cause: thrown },
    );
  }

  /** What it reads counts for no erasure. */
  async make(schedule: Schedule): Promise<void> {
    if (this.#isKept) return;
    const { paths, resize, seed, match, retain, preprocessing } = this.#origin;
    const model = await openModel(paths.model);
    try {
      const imageShape = model.info.inputShape;
      const dataset = await openDataset(paths.data, { imageShape, resize, seed });
      try {
        const data = new MatchedData(dataset, match, preprocessing);
        const openOriginal = () => openModel(paths.model);
        const training = { model, openOriginal, data, forget: [], retain };
        for await (const step of unlearn(this.#recipe, training))
          await schedule.step('training-reference', step.images, step);
      } finally {
        await dataset.close();
      }
      const making = join(this.#folder, 'making');
      await rm(making, { recursive: true, force: true });
      await mkdir(making, { recursive: true });
      const made = join(making, 'reference');
      await model.save(made);
      await rename(made, this.path);
      await rm(making, { recursive: true });
      await syncFolder(this.#folder);
    } finally {
      model.dispose();
    }
  }
}
