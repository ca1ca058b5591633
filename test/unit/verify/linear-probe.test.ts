import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { selectAccelerator } from '../../../engine/accelerators/accelerators.ts';
import { linearProbe, type LabelledFeatures } from '../../../engine/verify/linear-probe.ts';

beforeAll(async () => {
  await selectAccelerator('onnxruntime');
});

/** Points around (4, 0), (0, 4) and (−4, −4). */
function clouds(count: number, seed: number, spread = 1): LabelledFeatures {
  const centres = [4, 0, 0, 4, -4, -4];
  const noise = tf.randomNormal([count * 2], 0, spread, 'float32', seed);
  const features = Float32Array.from(noise.dataSync(), (value, at) => {
    const label = Math.floor(at / 2) % 3;
    return value + centres[2 * label + (at % 2)];
  });
  noise.dispose();
  return { features, labels: Int32Array.from({ length: count }, (_, row) => row % 3) };
}

const hits = (answers: Int32Array, labels: Int32Array): number =>
  answers.filter((answer, row) => answer === labels[row]).length / labels.length;

describe('a linear probe', () => {
  it('finds classes that a line parts, and leaves nothing in tensor memory', async () => {
    const asked = clouds(300, 2);
    const before = tf.memory().numTensors;
    const answers = await linearProbe(clouds(300, 1), asked.features, 3);
    expect(hits(answers, asked.labels)).toBeGreaterThan(0.98);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('does not mind how large a dimension is, or that one never changes', async () => {
    const scaled = ({ features, labels }: LabelledFeatures): LabelledFeatures => ({
      labels,
      features: Float32Array.from({ length: 3 * labels.length }, (_, at) => {
        const [row, column] = [Math.floor(at / 3), at % 3];
        return column === 2 ? 7 : features[2 * row + column] * (column === 0 ? 1e-4 : 1e4);
      }),
    });
    const asked = clouds(300, 2);
    const plain = await linearProbe(clouds(300, 1), asked.features, 3);
    const other = await linearProbe(scaled(clouds(300, 1)), scaled(asked).features, 3);
    expect(hits(other, plain)).toBeGreaterThan(0.99);
  });

  it('guesses where the features tell nothing', async () => {
    const [known, asked] = [clouds(600, 1), clouds(600, 2)];
    const labels = known.labels.map((_, row) => Math.floor(row / 3) % 3);
    const answers = await linearProbe({ ...known, labels }, asked.features, 3);
    const askedLabels = asked.labels.map((_, row) => Math.floor(row / 3) % 3);
    expect(hits(answers, askedLabels)).toBeLessThan(0.42);
  });

  it('parts classes where scikit-learn does, with the same weight on the same norm', async () => {
    // LogisticRegression(C=1/(0.01·18)) on the standardised dimension: its answer changes at 4.898 and at 6.514.
    const ofClasses = [
      [0, 1, 2, 3, 4, 5],
      [4, 5, 6, 7],
      [6, 8, 9, 10, 12, 14, 16, 18],
    ];
    const known = {
      features: Float32Array.from(ofClasses.flat()),
      labels: Int32Array.from(ofClasses.flatMap((points, label) => points.map(() => label))),
    };
    const asked = Float32Array.of(-50, 4.89, 4.91, 6.5, 6.53, 50);
    expect([...(await linearProbe(known, asked, 3))]).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it('takes a class without images as one that is never the answer', async () => {
    const answers = await linearProbe(clouds(90, 1), clouds(90, 2).features, 5);
    expect(Math.max(...answers)).toBeLessThan(3);
  });
});
