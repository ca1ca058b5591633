import type { RecipeName, RecipeNamed } from '../protocol/recipe.ts';
import { adaptive } from './adaptive/adaptive.ts';
import { classImpressions } from './class-impressions.ts';
import { fineTune } from './fine-tune.ts';
import { maskedDistillation } from './masked-distillation.ts';
import type {
  ClassCounts,
  Erasure,
  ErasureStep,
  ImagesAtHand,
  ImagesRead,
  Method,
  PhaseCost,
} from './method.ts';
import { negativeGradient } from './negative-gradient.ts';
import { retrain } from './retrain.ts';
import { unsir } from './unsir.ts';

export { passCost } from './method.ts';
export type { ErasurePhase, ErasureStep, ImagesRead, PhaseCost } from './method.ts';

/** Every way to erase, by the name of its recipe. */
const methods: { readonly [Name in RecipeName]: Method<Name> } = {
  adaptive,
  paper: unsir,
  retrain,
  'fine-tune': fineTune,
  'negative-gradient': negativeGradient,
  'masked-distillation': maskedDistillation,
  'class-impressions': classImpressions,
};

type Named<Name extends RecipeName> = RecipeNamed<Name> & { readonly name: Name };

/**
 * The settings of a recipe for the images at hand.
 * @param classes needed by methods that make images of their own; without, they make what is enough for a few classes
 */
export function makeRecipe<Name extends RecipeName>(
  name: Name,
  seed: number,
  images: ImagesAtHand,
  classes: ClassCounts = { retain: 0, forget: 0 },
): RecipeNamed<Name> {
  return methods[name].recipe(seed, images, classes);
}

export function imagesRead<Name extends RecipeName>(recipe: Named<Name>): ImagesRead {
  return methods[recipe.name].reads(recipe);
}

/** @param images what of the images at hand the recipe reads */
export function costOf<Name extends RecipeName>(
  recipe: Named<Name>,
  images: ImagesAtHand & { readonly forgetClasses: number },
): PhaseCost[] {
  return methods[recipe.name].cost(recipe, images);
}

/**
 * Changes the model in place.
 * @returns what was decided on the way and why, in sentences for the officer, without names of classes
 */
export function unlearn<Name extends RecipeName>(
  recipe: Named<Name>,
  erasure: Omit<Erasure, 'recipe'>,
): AsyncGenerator<ErasureStep, string[]> {
  return methods[recipe.name].erase({ ...erasure, recipe });
}

export interface Proposal {
  readonly recipe: RecipeName;
  /** A sentence for the officer. */
  readonly reason: string;
}

/**
 * The best way to erase with the images at hand.
 * @param images of each retain class, and of the forget classes together
 */
export function proposeRecipe({
  retain,
  forget,
}: {
  readonly retain: readonly number[];
  readonly forget: number;
}): Proposal {
  const seen = retain.filter((images) => images > 0).length;
  if (seen > 0) {
    const isComplete = seen === retain.length;
    const which = isComplete ? '' : `${String(seen)} of the ${String(retain.length)} `;
    const so = 'so the model can be impaired and repaired without looking at the images to erase';
    return {
      recipe: 'adaptive',
      reason: `There are training images of ${which}classes to keep, ${so}${isComplete ? '.' : '; the others may be lost.'}`,
    };
  }
  if (forget > 0) {
    return {
      recipe: 'masked-distillation',
      reason:
        'There are no training images of classes to keep, only of those to erase, so the model is taught by these what it would say if it did not know the class.',
    };
  }
  return {
    recipe: 'class-impressions',
    reason:
      'There are no training images at all, so the model is taught by images made from its own weights.',
  };
}
