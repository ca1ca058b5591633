/** What the classes of a model are, as far as their names tell. */
export type Things = 'people' | 'classes';

export function count(number: number, one: string, many: string): string {
  return `${String(number)} ${number === 1 ? one : many}`;
}

/**
 * Names such as "Elif T" are people's. Others may be ("Iris West") or may not ("Border Collie"), so they are called classes,
 * which they are in any case.
 */
export function thingsNamed(names: readonly string[] | null): Things {
  const isPerson = (name: string): boolean => /^\p{Lu}[\p{L}'’-]+ \p{Lu}\.?$/u.test(name);
  return names !== null && names.length > 0 && names.every(isPerson) ? 'people' : 'classes';
}

/** What a finding's sentence is made of. */
export interface FindingFigures {
  /** The value, as people write it. */
  readonly value: string;
  /** How many pictures it is over. */
  readonly samples: number;
  /** The value as so many of those pictures. */
  readonly hits: number;
  /** Of an attack: in how many of a hundred tries it is right, where 50 is guessing. */
  readonly tries: number;
  /** What was erased, by name where there are few. */
  readonly who: string;
}

/** What a table says of something that may not be in it. */
export function entryOf<Value>(
  table: Readonly<Record<string, Value>>,
  key: string,
): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
