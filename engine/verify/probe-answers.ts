import type { Absence } from '../protocol/finding.ts';
import { allClasses, featuresOf, rowsOf } from './answers.ts';
import { unmeasurableFeatures, withoutImages, type Comparison } from './definition.ts';
import { hasUnmeasurableFeatures, type Answers, type Evidence } from './evidence.ts';
import type { Proportion } from './interval.ts';
import { linearProbe } from './linear-probe.ts';

const mostPerClass = 1000;

/** What a probe takes test images for. */
export interface ProbeAnswers {
  /** Of the erased classes, then of the others. */
  readonly rows: readonly number[];
  /** The class, one for each of {@link rows}. */
  readonly answers: Int32Array;
}

interface Probing {
  /** The classes. */
  readonly of: string;
  readonly outcome: Promise<ProbeAnswers | Absence>;
}

/** Training a probe takes seconds, and more than one finding asks it. */
const last = new WeakMap<Evidence, Probing>();

/**
 * A probe on the features of training images of all classes, the erased ones among them, as many of each, and what it makes of
 * test images.
 */
export function probeAnswers(
  evidence: Evidence,
  { forget, retain }: Pick<Comparison, 'forget' | 'retain'>,
): Promise<ProbeAnswers | Absence> {
  const of = JSON.stringify([forget, retain]);
  const known = last.get(evidence);
  if (known?.of === of) return known.outcome;
  const outcome = probe(evidence, forget, retain);
  last.set(evidence, { of, outcome });
  return outcome;
}

/** How many of the test images of these classes it finds. */
export function foundBy(
  { rows, answers }: ProbeAnswers,
  { test }: Evidence,
  classes: readonly number[],
): Proportion {
  const places = [...rows.keys()].filter((at) => classes.includes(test.labels[rows[at]]));
  return {
    successes: places.filter((at) => answers[at] === test.labels[rows[at]]).length,
    trials: places.length,
  };
}

async function probe(
  evidence: Evidence,
  forget: readonly number[],
  retain: readonly number[],
): Promise<ProbeAnswers | Absence> {
  const { test, train } = evidence;
  const asked = rowsOf(test, forget);
  if (asked.length === 0) return withoutImages('test', 'erased');
  const known = trainingRows(train, forget, retain);
  if (known === null) return withoutImages('train', 'erased');
  if (hasUnmeasurableFeatures(evidence)) return unmeasurableFeatures;
  const rows = [...asked, ...rowsOf(test, retain)];
  const answers = await linearProbe(
    {
      features: featuresOf(train, known),
      labels: Int32Array.from(known, (row) => train.labels[row]),
    },
    featuresOf(test, rows),
    allClasses(test).length,
  );
  return { rows, answers };
}

/** As many of each erased class as there are of the kept class that has the most; null where a class has none. */
function trainingRows(
  train: Answers,
  forget: readonly number[],
  retain: readonly number[],
): number[] | null {
  const kept = retain.map((index) => rowsOf(train, [index]).slice(0, mostPerClass));
  const most = Math.max(...kept.map((rows) => rows.length));
  const erased = forget.map((index) => rowsOf(train, [index]).slice(0, most));
  if (most === 0 || erased.some((rows) => rows.length === 0)) return null;
  return [...erased, ...kept].flat();
}
