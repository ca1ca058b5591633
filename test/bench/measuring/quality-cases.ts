import type { Trial } from '../../../app/comparison/comparison.ts';
import { recipeNameSchema, type RecipeName } from '../../../engine/protocol/recipe.ts';
import type { PartName } from './quality-parts.ts';
import type { Record as Result } from './quality-results.ts';

/** One model, so many classes erased: trials by method. */
export interface Case {
  readonly part: PartName;
  readonly erased: number;
  readonly trials: ReadonlyMap<RecipeName, readonly Trial[]>;
  /** Of all trials, the states of the program that made them; undefined where that was not kept. */
  readonly sources: readonly (string | undefined)[];
}

/** In the order of the document, without the runs that failed. */
export function casesOf(results: readonly Result[], parts: readonly PartName[]): Case[] {
  const byCase = Map.groupBy(
    results.filter(({ trial }) => trial !== null),
    ({ key }) => `${key.part} ${String(key.erased)}`,
  );
  return [...byCase.values()]
    .map((records) => {
      const { part, erased } = records[0].key;
      const trials = new Map<RecipeName, Trial[]>();
      for (const method of recipeNameSchema.options) {
        const ofMethod = records
          .filter(({ key }) => key.method === method)
          .flatMap(({ trial }) => (trial === null ? [] : [trial]));
        if (ofMethod.length > 0) trials.set(method, ofMethod);
      }
      return { part, erased, trials, sources: records.map(({ sources }) => sources) };
    })
    .sort(
      (left, right) =>
        parts.indexOf(left.part) - parts.indexOf(right.part) || left.erased - right.erased,
    );
}

export function trialsOf({ trials }: Case): Trial[] {
  return [...trials.values()].flat();
}
