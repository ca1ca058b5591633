import type { MatchedData } from '../data/matched-data.ts';
import type { TrainableModel } from '../models/models.ts';
import type { Recipe, RecipeName, RecipeNamed } from '../protocol/recipe.ts';
import type { TrainingStep } from './training.ts';

/** What a method is given: a model to change, data of the classes to keep, and the settings. */
export interface Erasure<Settings extends Recipe = Recipe> {
  readonly model: TrainableModel;
  /** Opens the model as it came, once more, to ask it; whoever opens it disposes of it. */
  readonly openOriginal: () => Promise<TrainableModel>;
  readonly data: MatchedData;
  /** Class indices of the model. */
  readonly forget: readonly number[];
  readonly retain: readonly number[];
  readonly recipe: Settings;
}

/** `unlearn` is the one phase of methods that have no other. */
export type ErasurePhase = 'noise' | 'impair' | 'repair' | 'unlearn';

export interface ErasureStep {
  readonly phase: ErasurePhase;
  readonly step: number;
  readonly steps: number;
  readonly images: number;
  readonly loss: number;
  /** Running accuracy of the pass, percent; null where there are no labels. */
  readonly accuracy: number | null;
}

/** What the data holds for erasing: training images. */
export interface ImagesAtHand {
  /** Of all retain classes together, and of those forget classes that have any. */
  readonly retain: number;
  readonly forget: number;
}

/** How many classes there are to erase and to keep. */
export interface ClassCounts {
  readonly retain: number;
  readonly forget: number;
}

/** At most so many training images of each class are read while erasing; 0 where the method does without them. */
export interface ImagesRead {
  readonly retainPerClass: number;
  readonly forgetPerClass: number;
  /** Whether it can do nothing without images of each retain class: one that it is not shown, it would never know. */
  readonly everyRetainClass: boolean;
}

/** A forward pass is 1; a backward pass for the weights and one for the inputs cost about as much again, each. */
export const passCost = { measure: 1, inputGradient: 2, train: 3 } as const;

/** Images that go through the model in a phase, for the time left. */
export interface PhaseCost {
  readonly phase: ErasurePhase;
  readonly images: number;
  /** In forward passes. */
  readonly costPerImage: number;
}

/** One way to erase. */
export interface Method<Name extends RecipeName> {
  /** Settings for the images at hand and the classes. */
  readonly recipe: (seed: number, images: ImagesAtHand, classes: ClassCounts) => RecipeNamed<Name>;
  readonly reads: (recipe: RecipeNamed<Name>) => ImagesRead;
  readonly cost: (
    recipe: RecipeNamed<Name>,
    images: ImagesAtHand & { readonly forgetClasses: number },
  ) => PhaseCost[];
  /**
   * Changes the model in place.
   * @returns what was decided on the way and why, in sentences for the officer, without names of classes
   */
  readonly erase: (erasure: Erasure<RecipeNamed<Name>>) => AsyncGenerator<ErasureStep, string[]>;
}

export async function* inPhase(
  phase: ErasurePhase,
  steps: AsyncIterable<TrainingStep>,
): AsyncGenerator<ErasureStep> {
  for await (const step of steps) yield { phase, ...step };
}
