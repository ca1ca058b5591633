import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortened, visible } from '../../../app/report/visible.ts';

describe('visible text', () => {
  it.each([
    ['evil\u202Egnp.exe', 'evil[U+202E]gnp.exe'],
    ['\u001B[31mred\u0007', '[U+001B][31mred[U+0007]'],
    ['tab\tnew\nline', 'tab[U+0009]new[U+000A]line'],
    ['\u200Eleft\u2066\u2069', '[U+200E]left[U+2066][U+2069]'],
    ['\uFEFF\u00AD\u2028', '[U+FEFF][U+00AD][U+2028]'],
    ['\uD800', '[U+D800]'],
    ['\u{E0041}', '[U+E0041]'],
    ['👩‍👩‍👧 family', '👩‍👩‍👧 family'],
    ['محمد علي', 'محمد علي'],
    ['Łukasz Żółć', 'Łukasz Żółć'],
  ])('of %j is %j', (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it('holds nothing that a terminal obeys or that turns the direction of text, whatever it is made from', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(visible(text)).not.toMatch(/[\p{Cc}\p{Cs}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
        expect(visible(visible(text))).toBe(visible(text));
      }),
    );
  });
});

describe('shortened text', () => {
  it('has at most so many characters as people count them', () => {
    expect(shortened('short', 5)).toBe('short');
    expect(shortened('a little longer', 8)).toBe('a littl…');
    expect(shortened('👩‍👩‍👧'.repeat(4), 4)).toBe('👩‍👩‍👧'.repeat(4));
    expect(shortened('👩‍👩‍👧'.repeat(9), 4)).toBe(`${'👩‍👩‍👧'.repeat(3)}…`);
  });

  it('is not long where marks are heaped on one character', () => {
    expect(shortened(`e${'\u0301'.repeat(10_000)}`, 10).length).toBeLessThan(100);
  });

  it('breaks no character in two', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 40 }), (text, most) => {
        expect(shortened(text, most).isWellFormed()).toBe(true);
      }),
    );
  });
});
