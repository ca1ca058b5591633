/** Keys under which exporters put the names of classes, in order of preference. */
const keys = ['classes', 'class_names', 'labels', 'names'];

/**
 * The names of classes in a model's metadata: a JSON array, an object or Python dictionary from index to name, or a list
 * separated by line breaks or commas.
 * @returns null unless there are exactly `count` different names
 */
export function classNamesFrom(
  metadata: ReadonlyMap<string, string>,
  count: number,
): string[] | null {
  for (const key of keys) {
    const names = parseNames(metadata.get(key)?.trim() ?? '').map((name) => name.trim());
    const different = new Set(names.filter((name) => name !== ''));
    if (names.length === count && different.size === count) return names;
  }
  return null;
}

function parseNames(text: string): string[] {
  if (/^\{.*\}$/s.test(text)) return parseDictionary(text.slice(1, -1));
  if (/^\[.*\]$/s.test(text)) return parseList(text.slice(1, -1));
  return text.split(text.includes('\n') ? '\n' : ',');
}

/** A string in JSON's or Python's quotes, and what ends an entry. */
const entryText = String.raw`("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*(?:,|$)`;

function parseList(text: string): string[] {
  const entry = new RegExp(String.raw`\s*${entryText}`, 'gsy');
  return [...text.matchAll(entry)].map(([, name]) => unquoted(name));
}

function parseDictionary(text: string): string[] {
  const names: string[] = [];
  const entry = new RegExp(String.raw`\s*["']?(\d{1,6})["']?\s*:\s*${entryText}`, 'gsy');
  for (const [, index, name] of text.matchAll(entry)) names[Number(index)] = unquoted(name);
  return Array.from(names, (name: string | undefined) => name ?? '');
}

function unquoted(text: string): string {
  return text
    .slice(1, -1)
    .replaceAll(/\\(?:u([0-9a-f]{4})|(.))/gis, (_, code: string | undefined, character: string) =>
      code === undefined ? character : String.fromCharCode(parseInt(code, 16)),
    );
}
