import canonicalize from 'canonicalize';

/**
 * The one way to write a value as JSON (RFC 8785), so that equal values have equal bytes.
 * @throws Error for what JSON cannot hold: NaN, infinities, lone surrogates, undefined
 */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('undefined has no JSON form');
  return text;
}

/**
 * Reads JSON that must be written in canonical form; anything else has been changed by someone.
 * @returns null when the text is not JSON, or not in that form
 */
export function parseCanonicalJson(text: string): { readonly value: unknown } | null {
  try {
    const value: unknown = JSON.parse(text);
    return canonicalJson(value) === text ? { value } : null;
  } catch {
    return null;
  }
}
