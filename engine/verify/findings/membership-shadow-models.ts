import { figureText } from '../../protocol/figure-text.ts';
import type { Absence } from '../../protocol/finding.ts';
import { besides, withoutImages, type FindingDefinition } from '../definition.ts';
import { normalQuantile } from '../interval.ts';
import { imagesAttacked } from './membership-inference.ts';
import { accuracyOver } from './retain-accuracy.ts';
import { pooledArea, type Scores } from '../roc.ts';
import { rowsOf } from '../answers.ts';
import { likelihoodRatios, signalsOn } from '../shadow-models.ts';
import { allSeen, unseenRows } from '../unseen-rows.ts';

/** Of the area under the ROC curve, from guessing. */
const margin = 0.05;
/** It is the fourth attack beside three whose intervals hold together. */
const z = normalQuantile(0.05 / 2 / 4);
/** Points of percent on the retain classes that shadow models may lack of the original. */
const mostLacking = 5;

/**
 * Membership inference image by image: whether the erased class's training images can be told from its test images by what
 * models answer that were trained for it, with and without each image, and then made to forget by the same method.
 * @see likelihoodRatios
 */
export const membershipShadowModels: FindingDefinition = {
  name: 'membership-shadow-models',
  required: true,
  measure(evidence, { original, forget, retain, shadows }) {
    if (shadows === null) return { waived: true, ...notRun };
    const has = (split: 'test' | 'train', label: number): boolean =>
      rowsOf(original[split], [label]).length > 0;
    for (const split of ['test', 'train'] as const)
      if (!forget.every((label) => has(split, label))) return withoutImages(split, 'erased');
    const accuracy = accuracyOver(original.test, retain)?.value ?? 0;
    const reached = shadows.reduce((sum, each) => sum + each.retainAccuracy, 0) / shadows.length;
    if (reached < accuracy - mostLacking) return unlike;
    const stage = evidence === original ? 'trained' : 'erased';
    const ratios = likelihoodRatios(signalsOn(evidence, forget), shadows, stage);
    const classes = forget.map((label): Scores => {
      const of = (split: 'test' | 'train', rows: readonly number[]): number[] => {
        const wanted = new Set(rows);
        return rowsOf(evidence[split], forget).flatMap((row, at) =>
          wanted.has(row) ? [ratios[split][at]] : [],
        );
      };
      return {
        members: of('train', rowsOf(evidence.train, [label])),
        others: of('test', unseenRows(original, label)),
      };
    });
    if (classes.some(({ others }) => others.length === 0)) return allSeen;
    const area = pooledArea(classes);
    const half = z * Math.sqrt(area.variance);
    return {
      value: atLeastGuessing(area.value),
      unit: 'area',
      interval: [atLeastGuessing(area.value - half), atLeastGuessing(area.value + half)],
      ...imagesAttacked(evidence.test, forget, classes),
    };
  },
  threshold: (_, { shadows }) => ({
    direction: 'at-most',
    limit: 0.5 + margin,
    reach: 0.5 + margin,
    beyond: 'fail',
    basis: 'fixed',
    reason: `0.5 is guessing. Up to ${areaText(0.5 + margin)}, an attacker with ${String(shadows?.length)} models trained for it, who is shown a training image and another one, picks the right one in 55 of 100 trials.`,
  }),
  describe: ({ value }, baselines) =>
    `Image by image, by models trained for it, training images of the erased class are told from others with an area under the curve of ${areaText(value)}, where 0.5 is guessing; ${besides(baselines, areaText)}.`,
};

const areaText = (value: number): string => figureText(value, 'area');

/** The attack has learned which way to look: what it does worse than guessing is chance. */
function atLeastGuessing(area: number): number {
  return Math.min(1, Math.max(0.5, area));
}

const notRun: Absence = {
  why: 'An attack on single images, with models trained for it to compare with, was not run.',
  needs:
    'All images that the model was trained on, and more models: each is trained on half of those of the erased class and then made to forget by the same method. An erasure trains them if asked to.',
  costs: 'For each model one training from the start and one erasure; eight are advised.',
};

const unlike: Absence = {
  why: 'The models trained for the attack came out much worse on the classes to keep than the original is, so they say nothing of it.',
  needs: 'All images that the original was trained on.',
  costs: 'Fetching them, and training the models again.',
};
