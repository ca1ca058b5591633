import { createRequire } from 'node:module';
import interRanges from '@fontsource/inter/unicode.json' with { type: 'json' };
import serifRanges from '@fontsource/source-serif-4/unicode.json' with { type: 'json' };

export type FontFamily = 'inter' | 'source-serif-4';
export type FontWeight = 400 | 600;

/** Text that one font file can show. */
export interface FontRun {
  readonly text: string;
  /** Name of the font file; null for one character that no font can show. */
  readonly font: string | null;
}

type Range = readonly [first: number, last: number];

interface Subset {
  readonly name: string;
  readonly ranges: readonly Range[];
}

const resolve = createRequire(import.meta.url).resolve;
const subsets: Record<FontFamily, readonly Subset[]> = {
  inter: parseSubsets(interRanges),
  'source-serif-4': parseSubsets(serifRanges),
};
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * Splits text by the font files that can show it. What none can show (other scripts, emoji), and what is not meant to
 * be seen (controls, marks that turn the direction of text), is a run of its own, one for each character as people count
 * them.
 */
export function fontRuns(whole: string, family: FontFamily, weight: FontWeight): FontRun[] {
  const runs: { text: string; font: string | null }[] = [];
  for (const { segment: text } of graphemes.segment(whole.normalize('NFC'))) {
    const subset = subsetFor(text, subsets[family]);
    const font = subset === undefined ? null : `${family}-${subset.name}-${String(weight)}-normal`;
    const last = runs.at(-1);
    if (font !== null && last?.font === font) last.text += text;
    else runs.push({ text, font });
  }
  return runs;
}

export function fontPath(font: string): string {
  const family = font.startsWith('inter-') ? 'inter' : 'source-serif-4';
  return resolve(`@fontsource/${family}/files/${font}.woff`);
}

function subsetFor(grapheme: string, available: readonly Subset[]): Subset | undefined {
  if (/[\p{C}\p{Zl}\p{Zp}\uFFFD]/u.test(grapheme)) return undefined;
  const codes = Array.from(grapheme, (character) => character.codePointAt(0) ?? 0);
  return available.find(({ ranges }) =>
    codes.every((code) => ranges.some(([first, last]) => first <= code && code <= last)),
  );
}

/** From CSS: `{"greek": "U+0370-0377,U+038C"}`. Latin is looked at first. */
function parseSubsets(css: Readonly<Record<string, string>>): Subset[] {
  return Object.entries(css)
    .map(([name, list]) => ({
      name,
      ranges: list.split(',').map((range): Range => {
        const [first, last = first] = range.slice('U+'.length).split('-');
        return [parseInt(first, 16), parseInt(last, 16)];
      }),
    }))
    .sort((one, other) => Number(other.name === 'latin') - Number(one.name === 'latin'));
}
