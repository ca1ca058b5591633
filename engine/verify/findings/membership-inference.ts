import { figureText } from '../../protocol/figure-text.ts';
import type { Absence, Figure, FindingName, Measurement } from '../../protocol/finding.ts';
import { allClasses, answerOf, entropyOf, leadOf, probabilitiesOf, rowsOf } from '../answers.ts';
import { besides, withoutImages, type Comparison, type FindingDefinition } from '../definition.ts';
import type { Answers, Evidence } from '../evidence.ts';
import { normalQuantile } from '../interval.ts';
import { eitherWay, membersFoundAtOnePercent, pooledAreas, type Scores } from '../roc.ts';
import { allSeen, unseenRows } from '../unseen-rows.ts';

/** Of the area under the ROC curve, from guessing or from the reference. */
const margin = 0.05;

/** @param label the image's class @param all of the model */
type Score = (answers: Answers, row: number, label: number, all: readonly number[]) => number;

/**
 * What an attacker goes by, higher for an image that was trained on. Odds stand for probabilities, which order images alike: no
 * two of them become one number where a class is pressed down far, or a model is very sure.
 */
const attacks: readonly { name: FindingName; words: string; score: Score }[] = [
  {
    // Yeom et al. 2018.
    name: 'membership-loss',
    words: 'its error on them',
    score: leadOf,
  },
  {
    // Salem et al. 2019.
    name: 'membership-entropy',
    words: 'how spread its answers are',
    score: (answers, row, _, all) => -entropyOf(probabilitiesOf(answers, row, all)),
  },
  {
    // Salem et al. 2019.
    name: 'membership-confidence',
    words: 'how sure it is of its answers',
    score: (answers, row, _, all) => leadOf(answers, row, answerOf(answers, row, all), all),
  },
];

/**
 * The intervals of all attacks hold together in 95 of 100 cases (Bonferroni): else a model that gives nothing away would
 * fail by chance the oftener, the more attacks are tried on it.
 */
const z = normalQuantile(0.05 / 2 / attacks.length);

/**
 * Membership inference: whether training images of the erased classes can be told from test images of them, by the area
 * under the attack's ROC curve. The attack and its opposite count alike: images that are conspicuously badly known give
 * themselves away, too. Classes are not compared with one another. Attacks on the whole population only: what is said
 * of single images, shadow models say.
 */
export const membershipInference: readonly FindingDefinition[] = attacks.map(
  ({ name, words, score }) => ({
    name,
    required: true,
    measure(evidence, comparison) {
      return measureAttack(evidence, comparison, score);
    },
    threshold({ reference }) {
      const fromReference = reference === null ? 0 : reference.value + margin;
      const limit = Math.max(0.5 + margin, fromReference);
      return {
        direction: 'at-most',
        limit,
        reach: limit,
        beyond: 'fail',
        basis: limit > 0.5 + margin ? 'reference' : 'fixed',
        reason:
          limit > 0.5 + margin
            ? `A model retrained without the class has ${areaText(reference?.value ?? 0.5)}, as training and test images differ by themselves; ${String(margin)} more are granted.`
            : `0.5 is guessing. Up to ${areaText(limit)}, an attacker who is shown a training image and another one picks the right one in 55 of 100 trials.`,
      };
    },
    describe: ({ value }, baselines) =>
      `By ${words}, training images of the erased class are told from others with an area under the curve of ${areaText(value)}, where 0.5 is guessing; ${besides(baselines, areaText)}.`,
  }),
);

const areaText = (value: number): string => figureText(value, 'area');

function measureAttack(
  { test, train }: Evidence,
  { forget, original }: Comparison,
  score: Score,
): Measurement | Absence {
  for (const [split, { labels }] of [
    ['test', test],
    ['train', train],
  ] as const)
    if (forget.some((label) => !labels.includes(label))) return withoutImages(split, 'erased');
  const classes = forget.map((label): Scores => ({
    members: scoresOf(train, rowsOf(train, [label]), label, score),
    others: scoresOf(test, unseenRows(original, label), label, score),
  }));
  if (classes.some(({ others }) => others.length === 0)) return allSeen;
  const { value, interval } = eitherWay(pooledAreas(classes.map((scores) => [scores])), z);
  return {
    value,
    unit: 'area',
    interval,
    ...imagesAttacked(test, forget, classes),
  };
}

function scoresOf(
  answers: Answers,
  rows: readonly number[],
  label: number,
  score: Score,
): number[] {
  const all = allClasses(answers);
  return rows.map((row) => score(answers, row, label, all));
}

/** How many images an attack was tried on, and besides its area what it finds with few false alarms and what it left out. */
export function imagesAttacked(
  test: Answers,
  forget: readonly number[],
  classes: readonly Scores[],
): Pick<Measurement, 'samples' | 'figures'> {
  const members = classes.reduce((sum, each) => sum + each.members.length, 0);
  const others = classes.reduce((sum, each) => sum + each.others.length, 0);
  const images = rowsOf(test, forget).length;
  const found = membersFoundAtOnePercent(classes);
  return {
    samples: members + others,
    figures: [
      ...(found === null
        ? []
        : [percentFigure('training images found with 1% false alarms', found)]),
      ...(others === images
        ? []
        : [
            percentFigure(
              'test images left out, as they are training images, too',
              100 * (1 - others / images),
            ),
          ]),
    ],
  };
}

function percentFigure(label: string, value: number): Figure {
  return { label, class: null, value, unit: 'percent' };
}
