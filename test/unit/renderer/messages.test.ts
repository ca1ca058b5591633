import { expect, test } from 'vitest';
import { english } from '../../../renderer/messages/english.ts';
import { german } from '../../../renderer/messages/german.ts';
import { entryOf, thingsNamed } from '../../../renderer/messages/words.ts';
import { problemCodeSchema } from '../../../engine/protocol/problem.ts';

/** Where every message is, and whether it is a sentence or makes one. */
function shapeOf(messages: unknown, path = ''): string[] {
  if (typeof messages !== 'object' || messages === null) return [`${path}: ${typeof messages}`];
  return Object.entries(messages).flatMap(([name, value]) => shapeOf(value, `${path}/${name}`));
}

function textsOf(messages: unknown): string[] {
  if (typeof messages === 'string') return [messages];
  return typeof messages === 'object' && messages !== null
    ? Object.values(messages).flatMap(textsOf)
    : [];
}

test('says in German whatever it says in English', () => {
  // Lists may differ in length: the grounds of each law, say.
  const withoutPlaces = (shape: string[]): string[] =>
    [...new Set(shape.map((line) => line.replaceAll(/\/\d+/g, '/n')))].toSorted();
  const { problems: _english, ...ofEnglish } = english;
  const { problems: _german, ...ofGerman } = german;
  expect(withoutPlaces(shapeOf(ofGerman))).toEqual(withoutPlaces(shapeOf(ofEnglish)));
});

test('has a German sentence for every kind of problem', () => {
  expect(Object.keys(german.problems).toSorted()).toEqual(problemCodeSchema.options.toSorted());
});

test.each([
  ['English', english],
  ['German', german],
])('leaves nothing unsaid in %s', (_language, messages) => {
  for (const text of textsOf(messages)) expect(text.trim()).not.toBe('');
});

test.each([
  [['Elif T', 'Noor F.'], 'people'],
  [["O'Brien K", 'Anne-Marie L'], 'people'],
  [['Border Collie', 'Elif T'], 'classes'],
  [['cat', 'dog'], 'classes'],
  [['0', '1'], 'classes'],
  [[], 'classes'],
  [null, 'classes'],
])('calls %j %s', (names, things) => {
  expect(thingsNamed(names)).toBe(things);
});

test('finds in a table only what is in it', () => {
  expect(entryOf({ a: 1 }, 'a')).toBe(1);
  expect(entryOf({ a: 1 }, 'b')).toBeUndefined();
  expect(entryOf({}, 'constructor')).toBeUndefined();
});
