import { describe, expect, it } from 'vitest';
import { isMeasurement } from '../../../engine/verify/definition.ts';
import type { Answers, Evidence } from '../../../engine/verify/evidence.ts';
import { scoreSeparation } from '../../../engine/verify/findings/score-separation.ts';
import { judge } from '../../../engine/verify/judgement.ts';
import { UnlearnedOutput } from '../../../engine/verify/unlearned-output.ts';
import { makeEvidence, normals } from './make-evidence.ts';

const classes = 8;
const dimensions = 16;
const perClass = 40;

/**
 * A model whose features are around the mean of each class, as those of pictures of one person are. Its output for class 0
 * holds what training makes of it, `learned`, and otherwise random weights.
 */
function modelOf(seed: number, { learned }: { learned: number }): Evidence {
  const means = normals(1);
  const centres = Array.from({ length: classes }, () =>
    Array.from({ length: dimensions }, () => 2 * means()),
  );
  const normal = normals(seed);
  const initial = Array.from({ length: dimensions }, () => 0.5 * normal());
  const labels = Int32Array.from({ length: classes * perClass }, (_, row) =>
    Math.floor(row / perClass),
  );
  const features = new Float32Array(labels.length * dimensions);
  const logits = new Float32Array(labels.length * classes);
  for (const [row, label] of labels.entries()) {
    const own = centres[label].map((value) => value + 2.5 * normal());
    features.set(own, row * dimensions);
    const toward = (weights: readonly number[]): number =>
      own.reduce((sum, value, at) => sum + value * weights[at], 0);
    for (let other = 1; other < classes; other++)
      logits[row * classes + other] = toward(centres[other]) / dimensions;
    logits[row * classes] = toward(initial) + learned * toward(centres[0]) - 20;
  }
  const test: Answers = { labels, logits, features };
  return { ...makeEvidence({ sha256: 'a', seed, isRetrained: true }), classCount: classes, test };
}

const forget = [0];
const retain = Array.from({ length: classes - 1 }, (_, index) => index + 1);

async function outcomeOf(model: Evidence, reference: Evidence): Promise<string> {
  const original = modelOf(99, { learned: 1 });
  const comparison = { original, reference, shadows: null, forget, retain, seed: 0 };
  const subject = await scoreSeparation.measure(model, comparison);
  const before = await scoreSeparation.measure(original, comparison);
  const retrained = await scoreSeparation.measure(reference, comparison);
  if (!isMeasurement(subject) || !isMeasurement(before) || !isMeasurement(retrained))
    throw new Error('not measured');
  const baselines = { original: before, reference: retrained };
  return judge(subject, scoreSeparation.threshold(baselines, comparison)).outcome;
}

describe('beside a model that never saw a class whose images are much alike', () => {
  it('another one that began with other weights seldom fails', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        outcomeOf(modelOf(100 + index, { learned: 0 }), modelOf(200 + index, { learned: 0 })),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'fail').length).toBeLessThanOrEqual(1);
  });

  it('one that did learn the class does not pass, however low it scores it', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        outcomeOf(modelOf(100 + index, { learned: 1 }), modelOf(200 + index, { learned: 0 })),
      ),
    );
    expect(outcomes).not.toContain('pass');
    expect(outcomes.filter((outcome) => outcome === 'fail').length).toBeGreaterThanOrEqual(8);
  });
});

it('the scores of an unlearned output keep what training decided, and vary as much as they did', () => {
  const { test } = modelOf(5, { learned: 0 });
  const rows = [...test.labels.keys()];
  const kept = rows.filter((row) => test.labels[row] > 0);
  const sureness = Float64Array.from(rows, (row) => test.logits[row * classes + 1]);
  const output = new UnlearnedOutput(test, 0, [sureness, sureness], kept);
  const scores = Float64Array.from(rows, (row) => test.logits[row * classes]);
  const mean = (values: Float64Array): number =>
    kept.reduce((sum, row) => sum + values[row], 0) / kept.length;
  const covariance = (a: Float64Array, b: Float64Array): number =>
    kept.reduce((sum, row) => sum + (a[row] - mean(a)) * (b[row] - mean(b)), 0) / kept.length;
  for (const seed of [1, 2, 3]) {
    const drawn = output.draw(seed);
    expect(mean(drawn)).toBeCloseTo(mean(scores), 4);
    expect(covariance(drawn, sureness)).toBeCloseTo(covariance(scores, sureness), 4);
    expect(covariance(drawn, drawn)).toBeCloseTo(covariance(scores, scores), 4);
    expect(drawn).not.toEqual(scores);
    expect(output.draw(seed)).toEqual(drawn);
  }
});
