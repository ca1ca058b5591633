const longest = 40;

/** What the officer calls a request, cut to fit a line; null where it has no name. */
export function shortName(request: string | null): string | null {
  const name = request?.trim() ?? '';
  if (name === '') return null;
  return name.length > longest ? `${name.slice(0, longest)}…` : name;
}

/** Between U+2068 and U+2069: a name written from right to left leaves what is around it in its place. */
export function isolated(name: string): string {
  return `\u2068${name}\u2069`;
}
