/** Something before and after, percent; null where nothing was measured. */
export interface Pair {
  readonly name: string;
  readonly before: number | null;
  readonly after: number | null;
  readonly isMarked: boolean;
}
