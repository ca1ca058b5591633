import type { RecipeNamed } from '../protocol/recipe.ts';
import { deriveSeed, shuffled } from '../random.ts';
import type { Erasure } from './method.ts';

/** The class of each impression, forget and retain classes mixed, each class of a kind as often as the others. */
export function impressionLabels({
  forget,
  retain,
  recipe,
}: Pick<Erasure<RecipeNamed<'class-impressions'>>, 'forget' | 'retain' | 'recipe'>): number[] {
  const { images, forgetShare } = recipe.impressions;
  const ofForget = Math.round(images * forgetShare);
  const labels = Array.from({ length: images }, (_, index) => {
    const classes = index < ofForget ? forget : retain;
    return classes[index % classes.length];
  });
  return shuffled(labels, deriveSeed(recipe.seed, 'labels'));
}
