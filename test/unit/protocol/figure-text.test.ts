import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { figuresIn } from '../../../app/certificate/figures.ts';
import { figureDigits, figureText } from '../../../engine/protocol/figure-text.ts';
import { unitSchema } from '../../../engine/protocol/finding.ts';

describe('a figure', () => {
  it.each([
    [0, 'percent', '0%'],
    [0.04, 'percent', '0.0%'],
    [93.33, 'percent', '93.3%'],
    [99.96, 'percent', '100.0%'],
    [100, 'percent', '100%'],
    [-0.04, 'points', '0.0 points'],
    [-6.8, 'points', '-6.8 points'],
    [0.5, 'area', '0.500'],
    [0.131, 'bits', '0.131 bits'],
    [0.000_123_4, 'ratio', '0.000123'],
    [1.7654, 'ratio', '1.77'],
    [14, 'steps', '14 steps'],
  ] as const)('%d %s is written %s', (value, unit, text) => {
    expect(figureText(value, unit)).toBe(text);
  });

  it('has the same digits in the terminal and in the certificate, in either language', () => {
    const value = fc.double({ min: -100, max: 1000, noNaN: true });
    fc.assert(
      fc.property(value, fc.constantFrom(...unitSchema.options), (value, unit) => {
        const digits = digitsOf(figureDigits(value, unit));
        for (const language of ['en', 'de'] as const) {
          const figures = figuresIn(language);
          expect(digitsOf(figures.figure(value, unit))).toBe(digits);
          if (unit === 'percent') expect(digitsOf(figures.percent(value))).toBe(digits);
        }
      }),
    );
  });
});

function digitsOf(text: string): string {
  return text.replace(/[^\d−-]/g, '').replace('−', '-');
}
