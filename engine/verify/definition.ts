import type { Absence, FindingName, Measurement, Threshold } from '../protocol/finding.ts';
import type { Evidence } from './evidence.ts';
import type { ShadowModel } from './shadow-models.ts';

/** What a model is measured against. */
export interface Comparison {
  readonly original: Evidence;
  /** Null where there is no model retrained without the erased classes. */
  readonly reference: Evidence | null;
  /** Models of an attack on single images; null where there is none. */
  readonly shadows: readonly ShadowModel[] | null;
  /** Class indices of the original. */
  readonly forget: readonly number[];
  readonly retain: readonly number[];
  readonly seed: number;
}

/** Nothing to be had, and nothing lost by it: the question does not arise for this model. */
export interface Waiver extends Absence {
  readonly waived: true;
}

/** How the original and the reference do in a finding. */
export interface Baselines {
  readonly original: Measurement;
  readonly reference: Measurement | null;
}

/** One finding: how it is measured, and how its threshold is made. */
export interface FindingDefinition {
  readonly name: FindingName;
  /** Without it, measured, there is no PASS. */
  readonly required: boolean;
  /** Whether the question arises; always, where nothing is said. */
  readonly isAsked?: (comparison: Comparison) => boolean;

  measure(
    evidence: Evidence,
    comparison: Comparison,
  ): Promise<Measurement | Absence | Waiver> | Measurement | Absence | Waiver;

  /** Made of what is known before a run, and of nothing else. */
  threshold(baselines: Baselines, comparison: Comparison): Threshold;

  /** What to say where the interval spans the limit; nothing where more images would decide it. */
  readonly undecided?: Absence;

  /** What the value says, in a sentence for the officer that stands without the figure's name. */
  describe(
    measurement: Measurement,
    baselines: { original: number; reference: number | null },
  ): string;
}

export function isMeasurement(outcome: Measurement | Absence): outcome is Measurement {
  return 'value' in outcome;
}

/** Where there are no images to measure with. */
export function withoutImages(split: 'test' | 'train', classes: 'erased' | 'kept'): Absence {
  const kind = split === 'test' ? 'test' : 'training';
  return {
    why: `There are no ${kind} images of the classes that were ${classes}.`,
    needs: `Labelled ${kind} images of the classes that were ${classes}${classes === 'erased' ? ', to measure with; erasing does not look at them' : ''}.`,
    costs: 'Keeping or fetching such images, and seconds to minutes of computing.',
  };
}

export const unmeasurableFeatures: Absence = {
  why: 'Its inner features are numbers so large, or no numbers at all, that nothing can be found in them.',
  needs: 'A model whose inner features are of the usual size.',
  costs: 'Another run: training leads to no such model unless something went wrong.',
};

/** How the model that is measured compares, as the end of a sentence. */
export function besides(
  { original, reference }: { original: number; reference: number | null },
  text: (value: number) => string,
): string {
  const retrained =
    reference === null ? '' : `, a model retrained without the class ${text(reference)}`;
  return `the original ${text(original)}${retrained}`;
}
