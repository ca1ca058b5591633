import { percentText } from '../../protocol/figure-text.ts';
import { besides, type FindingDefinition } from '../definition.ts';
import { featureLimit } from '../feature-limit.ts';
import { wilson } from '../interval.ts';
import { foundBy, probeAnswers } from '../probe-answers.ts';

/**
 * Of percent. Retraining took 12 points or more out of what a probe finds, 7 and 11 of 50 where models were weak, and 3 or
 * less where any features tell the class apart. Methods that leave the class in the features took 2 to 12, seldom more
 * (docs/benchmarks.md).
 */
export const margins = { reference: 5, original: 8, chance: 3 };

/**
 * Linear probe (Alain and Bengio 2016): logistic regression on the features of training images of all classes, the erased
 * ones among them, as many of each. How many test images of the erased classes it then recognises tells what the features
 * still hold of them, whatever the model itself answers.
 */
export const linearProbe: FindingDefinition = {
  name: 'linear-probe',
  required: true,
  async measure(evidence, { forget, retain }) {
    const probed = await probeAnswers(evidence, { forget, retain });
    if (!('answers' in probed)) return probed;
    const erased = foundBy(probed, evidence, forget);
    const kept = foundBy(probed, evidence, retain);
    return {
      value: (100 * erased.successes) / erased.trials,
      unit: 'percent',
      interval: wilson(erased.successes, erased.trials),
      samples: erased.trials,
      figures:
        kept.trials === 0
          ? []
          : [
              {
                label: 'of the classes that were kept',
                class: null,
                value: (100 * kept.successes) / kept.trials,
                unit: 'percent',
              },
            ],
    };
  },
  threshold: (baselines) => featureLimit(baselines, { points: margins, what: 'A probe' }),
  describe: ({ value }, baselines) =>
    `A probe trained on its inner features recognises the erased class in ${percentText(value)} of test images; ${besides(baselines, percentText)}.`,
};
