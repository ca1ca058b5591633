/** Of at least one value; of an even number of values, the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The value that this share of at least one value does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** 3 significant digits, as a person writes them: 0.0123, 1.23, 12.3, 1230. */
export function significant(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** "1.23 (1.20–1.31)": the median, the least and the most. */
export function spread(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (values.length === 1) return significant(values[0]);
  return `${significant(median(values))} (${significant(least)}–${significant(most)})`;
}

/** Of measurements made in the same rounds, round by round: a machine that slows down slows both. */
export function ratios(ours: readonly number[], theirs: readonly number[]): number[] {
  return ours.map((value, round) => value / theirs[round]);
}

/** "1.23 GB". */
export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}

/** "80.4 (80.1–80.9)": the mean, the least and the most. */
export function meanAndSpread(values: readonly number[], text: (value: number) => string): string {
  const mean = text(meanOf(values));
  if (values.length === 1) return mean;
  return `${mean} (${text(Math.min(...values))}–${text(Math.max(...values))})`;
}

/** Of at least one value. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
