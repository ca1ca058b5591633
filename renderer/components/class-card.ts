/** A class as a card of the grid. */
export interface ClassCard {
  readonly name: string;
  /** A data URL; null where there is no picture. */
  readonly picture: string | null;
  readonly note: string;
}
