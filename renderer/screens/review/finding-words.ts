import type { FindingView } from '../../../app/contract/cases.ts';
import { entryOf } from '../../messages/words.ts';
import type { Language } from '../../state/language.svelte.ts';

type FindingSentence = (value: string, samples: number) => string;

/** A finding that was measured and could not be decided is open; one that was not measured was not run. */
export type Standing = 'pass' | 'fail' | 'open' | 'not-run';

export function standingOf({ outcome, measurement }: FindingView): Standing {
  if (outcome !== 'not-measured') return outcome;
  return measurement === null ? 'not-run' : 'open';
}

/** A figure as people write it. */
export function valueText(value: number, unit: string, name: string, language: Language): string {
  const { review } = language.text;
  switch (unit) {
    case 'percent':
      return language.percent(value, 1);
    case 'points':
      return review.points(language.number(value, 1));
    case 'area':
      return language.number(value, 2);
    case 'ratio':
      return name === 'relearning'
        ? `${language.number(value, 2)}×`
        : language.percent(100 * value, 1);
    case 'steps':
      return review.steps(language.number(value));
    default:
      return language.number(value, 3);
  }
}

/** What was found, as one sentence. */
export function findingSentence(finding: FindingView, language: Language): string {
  const { review } = language.text;
  const { name, measurement } = finding;
  const value =
    measurement === null ? '–' : valueText(measurement.value, measurement.unit, name, language);
  const samples = measurement?.samples ?? 0;
  if (measurement === null) return entryOf(review.notRun, name) ?? finding.sentence;
  return entryOf<FindingSentence>(review.finding, name)?.(value, samples) ?? finding.sentence;
}

/** The figure, beside what it is to keep to. */
export function figureText(finding: FindingView, language: Language): string {
  const { measurement, threshold, name, original, reference } = finding;
  const { review } = language.text;
  if (measurement === null) return review.inCertificate;
  const text = (value: number): string => valueText(value, measurement.unit, name, language);
  const isComparison = name === 'retain-accuracy' || name === 'neighbour-classes';
  const beside =
    isComparison && original !== null
      ? review.was(text(original))
      : threshold !== null
        ? review.limit(text(threshold.limit))
        : reference !== null
          ? review.was(text(reference))
          : null;
  return [text(measurement.value), beside].filter((part) => part !== null).join(' · ');
}
