import type { FindingView } from '../../../app/contract/cases.ts';
import { unitSchema } from '../../../app/contract/client.ts';
import { entryOf, type FindingFigures } from '../../messages/words.ts';
import type { Language } from '../../state/language.svelte.ts';

/** A finding that was measured and could not be decided is open; one that was not measured was not run. */
export type Standing = 'pass' | 'fail' | 'open' | 'not-run';

export function standingOf({ outcome, measurement }: FindingView): Standing {
  if (outcome !== 'not-measured') return outcome;
  return measurement === null ? 'not-run' : 'open';
}

/** A figure as people write it. */
export function valueText(value: number, unit: string, name: string, language: Language): string {
  const { review } = language.text;
  const known = unitSchema.safeParse(unit);
  if (!known.success) return language.number(value, 3);
  const figure = language.figure(value, known.data);
  switch (known.data) {
    case 'percent':
      return language.percent(value);
    case 'points':
      return review.points(figure);
    case 'steps':
      return review.steps(figure);
    case 'ratio':
      return name === 'relearning' ? `${figure}×` : language.percent(100 * value);
    case 'bits':
      // A Jensen–Shannon divergence: 1 bit is all that two answers can differ by.
      return name === 'output-distance' ? language.percent(100 * value) : figure;
    case 'area':
      return figure;
  }
}

type FindingSentence = (figures: FindingFigures) => string;

/** What was found, as one sentence. @param who what was erased */
export function findingSentence(finding: FindingView, who: string, language: Language): string {
  const { review } = language.text;
  const { name, required, measurement, sentence } = finding;
  // What was asked for and could not be measured says why by itself.
  if (measurement === null) return required ? sentence : (entryOf(review.notRun, name) ?? sentence);
  const { value, unit, samples } = measurement;
  const write = entryOf<FindingSentence>(review.finding, name);
  return (
    write?.({
      value: valueText(value, unit, name, language),
      samples,
      hits: Math.round((value / 100) * samples),
      tries: Math.round(100 * value),
      who,
    }) ?? sentence
  );
}

/** The figure, beside what it is to keep to. */
export function figureText(finding: FindingView, language: Language): string {
  const { measurement, threshold, name, original } = finding;
  const { review } = language.text;
  if (measurement === null) return review.inCertificate;
  const text = (value: number): string => valueText(value, measurement.unit, name, language);
  const isComparison = name === 'retain-accuracy' || name === 'neighbour-classes';
  if (isComparison && original !== null) {
    return `${text(measurement.value)} · ${review.was(text(original))}`;
  }
  return threshold === null
    ? text(measurement.value)
    : `${text(measurement.value)} · ${review.limit(text(threshold.limit))}`;
}
