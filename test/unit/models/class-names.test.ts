import { expect, it } from 'vitest';
import { classNamesFrom } from '../../../engine/models/class-names.ts';

const names = (key: string, text: string, count = 3): string[] | null =>
  classNamesFrom(new Map([[key, text]]), count);

it.each([
  ['["cat", "dog", "O\'Neill"]'],
  [String.raw`['cat', 'dog', 'O\'Neill']`],
  ['{"0": "cat", "1": "dog", "2": "O\'Neill"}'],
  ["{0: 'cat', 2: \"O'Neill\", 1: 'dog'}"],
  ["cat,dog , O'Neill"],
  ["cat\ndog\nO'Neill\n"],
])('reads class names written as %s', (text) => {
  expect(names('classes', text)).toEqual(['cat', 'dog', "O'Neill"]);
});

it('knows the keys that exporters use, and no other', () => {
  for (const key of ['classes', 'class_names', 'labels', 'names']) {
    expect(names(key, 'a,b,c')).toEqual(['a', 'b', 'c']);
  }
  expect(names('author', 'a,b,c')).toBeNull();
});

it('reads escaped characters', () => {
  expect(names('labels', String.raw`["\u00e9t\u00e9", "a\\b", "c\"d"]`)).toEqual([
    'été',
    String.raw`a\b`,
    'c"d',
  ]);
});

it('takes no names when they are not as many as the classes, not different, or empty', () => {
  expect(names('classes', '["a", "b"]')).toBeNull();
  expect(names('classes', '["a", "b", "b"]')).toBeNull();
  expect(names('classes', '["a", "b", ""]')).toBeNull();
  expect(names('classes', '{0: "a", 1: "b", 7: "c"}')).toBeNull();
  expect(names('classes', '')).toBeNull();
});

it('takes the next key when one is of no use', () => {
  const metadata = new Map([
    ['classes', '80'],
    ['names', 'a,b,c'],
  ]);
  expect(classNamesFrom(metadata, 3)).toEqual(['a', 'b', 'c']);
});

it('is done at once with text made to take long', () => {
  const started = performance.now();
  for (const text of [`["${'\\"'.repeat(500_000)}`, `{${'0 '.repeat(500_000)}`, '['.repeat(1e6)]) {
    expect(names('classes', text)).toBeNull();
  }
  expect(performance.now() - started).toBeLessThan(2000);
});
