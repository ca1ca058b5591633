import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pageWords } from '../../../app/verifier/page/page-words.ts';
import { english } from '../../../renderer/messages/english.ts';

const guide = readFileSync(new URL('../../../docs/guide.md', import.meta.url), 'utf8');

/** Lines may end within words that are set in bold. */
const inBold = [...guide.matchAll(/\*\*(.+?)\*\*/gs)].map(([, words]) =>
  words.replaceAll(/\s+/g, ' '),
);

function textsOf(messages: unknown): string[] {
  if (typeof messages === 'string') return [messages];
  return typeof messages === 'object' && messages !== null
    ? Object.values(messages).flatMap(textsOf)
    : [];
}

test('names in bold only what the interface says, and the page of the verifier', () => {
  const said = new Set([...textsOf(english), ...textsOf(pageWords.en)]);
  expect(inBold.filter((words) => !said.has(words))).toEqual([]);
  expect(inBold.length).toBeGreaterThan(80);
});

test('goes through the steps of a request in their order', () => {
  const steps = [...guide.matchAll(/^## \d\. (.+)$/gm)].map(([, name]) => name);
  expect(steps).toEqual(Object.values(english.shell.step));
});

test('shows pictures that are there, as does the README, and no others are kept', () => {
  const folder = new URL('../../../docs/pictures/', import.meta.url);
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  const shown = [guide, readme].flatMap((text) =>
    [...text.matchAll(/pictures\/([\w-]+\.webp)/g)].map(([, file]) => file),
  );
  expect([...new Set(shown)].toSorted()).toEqual(readdirSync(folder).toSorted());
});
