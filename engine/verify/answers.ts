import type { Answers } from './evidence.ts';

/** The rows of images of these classes, in order. */
export function rowsOf({ labels }: Answers, classes: readonly number[]): number[] {
  return [...labels.keys()].filter((row) => classes.includes(labels[row]));
}

export function scoreOf({ labels, logits }: Answers, row: number, label: number): number {
  return logits[row * (logits.length / labels.length) + label];
}

/** The class with the highest of one row's scores among `classes`; −1 where the model has none for any of them. */
export function answerOf(answers: Answers, row: number, classes: readonly number[]): number {
  let best = -1;
  let highest = -Infinity;
  for (const label of classes) {
    const score = scoreOf(answers, row, label);
    if (score > highest) [best, highest] = [label, score];
  }
  return best;
}

/** Softmax of one row's scores over `classes` alone, in their order; all alike where the model has none for any. */
export function probabilitiesOf(
  answers: Answers,
  row: number,
  classes: readonly number[],
): number[] {
  const scores = classes.map((label) => scoreOf(answers, row, label));
  const highest = Math.max(...scores);
  if (highest === -Infinity) return scores.map(() => 1 / scores.length);
  const powers = scores.map((score) => Math.exp(score - highest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** log Σ exp of one row's scores of `classes`, which is what one class would score that stood for them all. */
export function jointScoreOf(answers: Answers, row: number, classes: readonly number[]): number {
  const scores = classes.map((label) => scoreOf(answers, row, label));
  const highest = Math.max(...scores);
  if (highest === -Infinity) return highest;
  return highest + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - highest), 0));
}

/** The log odds of one class against all others of `classes`, in one row's scores; −∞ where the model has no output for it. */
export function leadOf(
  answers: Answers,
  row: number,
  label: number,
  classes: readonly number[],
): number {
  const score = label === -1 ? -Infinity : scoreOf(answers, row, label);
  if (score === -Infinity) return score;
  const others = classes.filter((each) => each !== label);
  return score - jointScoreOf(answers, row, others);
}

/** How many of these rows' images get their own class, of all that the model has. */
export function recognised(answers: Answers, rows: readonly number[]): number {
  const all = allClasses(answers);
  return rows.filter((row) => answerOf(answers, row, all) === answers.labels[row]).length;
}

export function allClasses({ labels, logits }: Answers): number[] {
  return [...Array(labels.length === 0 ? 0 : logits.length / labels.length).keys()];
}

export function dimensionsOf({ labels, features }: Answers): number {
  return labels.length === 0 ? 0 : features.length / labels.length;
}

/** These rows of the features, one after the other. */
export function featuresOf(answers: Answers, rows: readonly number[]): Float32Array {
  return rowsOfTable(answers.features, dimensionsOf(answers), rows);
}

/** These rows, in this order. */
export function theseRows(answers: Answers, rows: readonly number[]): Answers {
  return {
    labels: Int32Array.from(rows, (row) => answers.labels[row]),
    logits: rowsOfTable(answers.logits, allClasses(answers).length, rows),
    features: featuresOf(answers, rows),
  };
}

/** @param table rows of so many columns */
function rowsOfTable(table: Float32Array, columns: number, rows: readonly number[]): Float32Array {
  const result = new Float32Array(rows.length * columns);
  rows.forEach((row, at) => {
    result.set(table.subarray(row * columns, (row + 1) * columns), at * columns);
  });
  return result;
}

/** −Σ p log₂ p, in bits. */
export function entropyOf(probabilities: readonly number[]): number {
  return -probabilities.reduce((sum, p) => (p > 0 ? sum + p * Math.log2(p) : sum), 0);
}
