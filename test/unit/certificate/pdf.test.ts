import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import PDFDocument from 'pdfkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selectClasses, type ClassAccuracy } from '../../../app/certificate/accuracy-chart.ts';
import { figuresIn } from '../../../app/certificate/figures.ts';
import { fontRuns } from '../../../app/certificate/fonts.ts';
import { styles } from '../../../app/certificate/look.ts';
import { Typesetter } from '../../../app/certificate/typesetter.ts';
import { verifyCertificate } from '../../../app/certificate/verify.ts';
import { cifarClasses, people } from '../cases/sample-runs.ts';
import { issueFor, makeDesk, type Desk } from './certificates.ts';

let desk: Desk;

beforeAll(() => {
  desk = makeDesk();
});
afterAll(() => {
  desk.clear();
});

const oddNames = [
  'Łukasz Żółć',
  'Олена Петренко',
  'Ελένη',
  'שרה כהן',
  'محمد علي',
  '👩‍👩‍👧 family',
  'x'.repeat(200),
  'many words '.repeat(40),
  'evil\u202Egnp.exe',
  '<img onerror=alert(1)>',
  'tab\tnew\nline',
  '\u0000',
  '\uD800',
  ' ',
  ')\\(',
  '=cmd|calc',
  '👨‍💻'.repeat(40),
  'y'.repeat(10_000),
];

describe('the PDF', () => {
  it.each([
    ['24 people, 1 forgotten', people, [4], 4],
    ['10 classes, 2 forgotten', cifarClasses, [0, 4], 4],
    ['2 classes', ['cat', 'dog'], [1], 4],
    ['1000 classes', Array.from({ length: 1000 }, (_, index) => `n${String(index)}`), [7], 4],
    [
      '300 classes, 200 forgotten',
      Array.from({ length: 300 }, (_, index) => `p ${String(index)}`),
      Array.from({ length: 200 }, (_, index) => index),
      4,
    ],
    ['odd names', oddNames, [3, 6, 7], 4],
  ])('holds %s on as few pages as it takes, and verifies', async (_, classNames, forget, most) => {
    const { pdf } = await issueFor(desk, classNames, forget);
    expect(verifyCertificate(pdf)).toMatchObject({ ok: true });
    const pages = readFileSync(pdf)
      .toString('latin1')
      .match(/\/Type \/Page\n/g);
    expect(pages).toHaveLength(most);
  });
});

describe('the chart', () => {
  const accuracy = (index: number, after: number | null, isForgotten: boolean): ClassAccuracy => ({
    index,
    name: String(index),
    isForgotten,
    before: 100,
    after,
  });

  it('shows each class once or says that it is left out, and forget classes first', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 50 }),
        fc.array(
          fc.record({
            isForgotten: fc.boolean(),
            after: fc.option(fc.integer({ min: 0, max: 100 })),
          }),
          { minLength: 2, maxLength: 80 },
        ),
        (capacity, outcomes) => {
          const classes = outcomes.map(({ after, isForgotten }, index) =>
            accuracy(index, after, isForgotten),
          );
          const { shown, left } = selectClasses(classes, capacity);
          const indices = [...shown, ...left].map(({ index }) => index);
          expect(indices.toSorted((one, other) => one - other)).toEqual(
            classes.map(({ index }) => index),
          );
          expect(shown.length).toBe(Math.min(capacity, classes.length));
          const places = shown.map(({ isForgotten }) => isForgotten);
          expect(places.lastIndexOf(true)).toBeLessThan(places.filter(Boolean).length);
        },
      ),
    );
  });

  it('shows the retain classes that lost most when not all fit', () => {
    const classes = [100, 90, 10, 100, 50].map((after, index) =>
      accuracy(index, after, index === 0),
    );
    const { shown } = selectClasses(classes, 3);
    expect(shown.map(({ index }) => index)).toEqual([0, 2, 4]);
  });
});

describe('text', () => {
  it('is kept whole, run by run', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const runs = fontRuns(text, 'inter', 400);
        expect(runs.map((run) => run.text).join('')).toBe(text.normalize('NFC'));
      }),
    );
  });

  it('is set in the font that has its script', () => {
    const fonts = fontRuns('Zoë Łuk Олена Ελένη Thị', 'inter', 400).map(({ font }) => font);
    for (const script of ['latin', 'latin-ext', 'cyrillic', 'greek', 'vietnamese']) {
      expect(fonts).toContain(`inter-${script}-400-normal`);
    }
  });

  it.each(['\u202E', '\u2066', '\u200B', '\u0000', '\n', 'א', '漢', '🎉', '\uFFFD'])(
    'shows a box for %j',
    (character) => {
      expect(fontRuns(character, 'inter', 400)).toEqual([{ text: character, font: null }]);
    },
  );

  it('counts a joined emoji as one character', () => {
    expect(fontRuns('👩‍👩‍👧', 'inter', 400)).toHaveLength(1);
  });

  it('never runs over the width it is given', () => {
    const typesetter = new Typesetter(new PDFDocument({ font: '' }));
    for (const name of oddNames) {
      const fitted = typesetter.fitted(name, 60, styles.small);
      expect(typesetter.widthOf(fitted, styles.small)).toBeLessThanOrEqual(60);
    }
  });

  it('takes as much room as it said it would', () => {
    const typesetter = new Typesetter(new PDFDocument({ font: '' }));
    for (const text of oddNames) {
      const spans = [
        { text: `${text} and `, style: styles.lead },
        { text, style: styles.leadStrong },
      ];
      expect(typesetter.paragraph(spans, 0, 0, 120)).toBe(typesetter.heightOf(spans, 120));
    }
  });
});

describe('figures', () => {
  const [english, german] = [figuresIn('en'), figuresIn('de')];

  it.each([
    [0, '0%', '0 %'],
    [0.04, '0.0%', '0,0 %'],
    [98.25, '98.3%', '98,3 %'],
    [99.96, '100.0%', '100,0 %'],
    [100, '100%', '100 %'],
  ])('writes %s percent as people do', (value, inEnglish, inGerman) => {
    expect(english.percent(value)).toBe(inEnglish);
    expect(german.percent(value)).toBe(inGerman.replace(' ', '\u00a0'));
  });

  it('groups digits, and gives times as people do', () => {
    expect([999, 1000, 11173962].map((value) => english.count(value))).toEqual([
      '999',
      '1,000',
      '11,173,962',
    ]);
    expect(german.count(11173962)).toBe('11.173.962');
    expect([0, 59.9, 59.96, 125].map((seconds) => english.duration(seconds))).toEqual(
      ['0.0 s', '59.9 s', '1 min 0 s', '2 min 5 s'].map((text) =>
        text.replace(/(?<=\d) /g, '\u00a0'),
      ),
    );
    const time = '2026-11-23T14:05:11.000Z';
    expect(english.time(time)).toBe('23 November 2026, 14:05:11 UTC');
    expect(german.time(time)).toBe('23. November 2026, 14:05:11 UTC');
    expect(german.date('2026-03-01')).toBe('1. März 2026');
  });
});
