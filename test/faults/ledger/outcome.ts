/** What came of doing the same harm many times. */
export interface Outcome {
  /** What was done. */
  readonly harm: string;
  readonly tries: number;
  /** How often the ledger by itself showed it. */
  readonly found: number;
  /** How often only a checkpoint kept elsewhere showed it. */
  readonly foundByCheckpoint: number;
  /** How often the first bad entry was named, of those times that it showed. */
  readonly named: number;
  /** How often there was nothing to find: all entries are the very same. */
  readonly harmless: number;
  /** Acknowledged entries that were gone though nobody took them away. */
  readonly lost: number;
  /** Ledgers that do not verify though nobody changed them. */
  readonly unverifiable: number;
  /** Why it was not done. */
  readonly skipped?: string;
}

export function isGood(outcome: Outcome): boolean {
  const { tries, found, foundByCheckpoint, harmless, lost, unverifiable, skipped } = outcome;
  if (skipped !== undefined) return true;
  return (
    tries > 0 && found + foundByCheckpoint + harmless === tries && lost === 0 && unverifiable === 0
  );
}

/** Counts while the harm is done. */
export class Tally {
  readonly #harm: string;
  #tries = 0;
  #found = 0;
  #foundByCheckpoint = 0;
  #named = 0;
  #harmless = 0;
  #lost = 0;
  #unverifiable = 0;

  constructor(harm: string) {
    this.#harm = harm;
  }

  /** @param named whether the first bad entry was */
  found(named: boolean): void {
    this.#tries++;
    this.#found++;
    if (named) this.#named++;
  }

  /** @param lost acknowledged entries that are gone with it */
  foundByCheckpoint(named: boolean, lost = 0): void {
    this.#tries++;
    this.#lost += lost;
    this.#foundByCheckpoint++;
    if (named) this.#named++;
  }

  harmless(): void {
    this.#tries++;
    this.#harmless++;
  }

  /** Nothing showed that should. */
  missed(): void {
    this.#tries++;
  }

  survived(lost: number, isVerifiable: boolean): void {
    this.#tries++;
    this.#harmless++;
    this.#lost += lost;
    if (!isVerifiable) this.#unverifiable++;
  }

  outcome(): Outcome {
    return {
      harm: this.#harm,
      tries: this.#tries,
      found: this.#found,
      foundByCheckpoint: this.#foundByCheckpoint,
      named: this.#named,
      harmless: this.#harmless,
      lost: this.#lost,
      unverifiable: this.#unverifiable,
    };
  }

  skipped(reason: string): Outcome {
    return { ...this.outcome(), skipped: reason };
  }
}

/** A table for a terminal. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const head = [
    ...['tries', 'found', 'by checkpoint', 'entry named'],
    ...['nothing to find', 'lost', 'unverifiable'],
  ];
  const width = Math.max(...outcomes.map(({ harm }) => harm.length));
  const rows = outcomes.map((outcome) => {
    if (outcome.skipped !== undefined)
      return `${outcome.harm.padEnd(width)}  not done: ${outcome.skipped}`;
    const { tries, found, foundByCheckpoint, named, harmless, lost, unverifiable } = outcome;
    const figures = [tries, found, foundByCheckpoint, named, harmless, lost, unverifiable];
    const cells = figures.map((figure, column) => String(figure).padStart(head[column].length));
    return `${outcome.harm.padEnd(width)}  ${cells.join('  ')}${isGood(outcome) ? '' : '  BAD'}`;
  });
  return [`${' '.repeat(width)}  ${head.join('  ')}`, ...rows].join('\n');
}
