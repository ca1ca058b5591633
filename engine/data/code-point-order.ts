/**
 * Names by code point, as Python sorts them and so as most trained models number their classes. (JavaScript's own order
 * is by UTF-16 unit, which differs where names hold characters beyond the first plane.)
 */
export function inCodePointOrder(names: readonly string[]): string[] {
  // UTF-8 keeps the order of code points in that of its bytes.
  return names
    .map((name) => ({ name, bytes: Buffer.from(name) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ name }) => name);
}
