/* JSON in canonical form (RFC 8785): equal values have equal bytes, so a digest or a signature over them is of the value. */

/**
 * @returns null for text that is no JSON, or is written in any other than the canonical form: with a member twice, with
 * blanks, in another order
 */
export function parseCanonicalJson(text: string): { readonly value: unknown } | null {
  try {
    const value: unknown = JSON.parse(text);
    return canonicalJson(value) === text ? { value } : null;
  } catch {
    return null;
  }
}

/** @returns undefined where there is none */
export function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
}

/** @throws Error for what JSON cannot hold: no number, half a character, undefined */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') {
    // Section 3.2.2.2: half of a surrogate pair is an error.
    if (!value.isWellFormed()) throw new Error('a string has half a character');
    return JSON.stringify(value);
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Error('a number is none');
    // Section 3.2.2.3: as ECMAScript writes numbers.
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object') {
    // Section 3.2.3: in the order of UTF-16 code units, which is how ECMAScript compares strings.
    const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
    return `{${members.map(([name, part]) => `${canonicalJson(name)}:${canonicalJson(part)}`).join(',')}}`;
  }
  throw new Error(`${typeof value} has no JSON form`);
}
