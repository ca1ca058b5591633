import type { Unit } from './finding.ts';

/** The part of `Intl.NumberFormatOptions` that says how many digits are written. */
export type FigureFormat = Pick<
  Intl.NumberFormatOptions,
  'maximumFractionDigits' | 'maximumSignificantDigits' | 'minimumFractionDigits' | 'signDisplay'
>;

const decimals: Readonly<Record<Exclude<Unit, 'ratio'>, number>> = {
  percent: 1,
  points: 1,
  area: 3,
  bits: 3,
  steps: 0,
};

/**
 * How a figure is written wherever it is read: on a screen, in a certificate, in the terminal, in a document. A language
 * changes its separators and never its digits, so that no two of them disagree. A percentage of exactly 0 or 100 is written
 * whole, and one that only rounds to it keeps its decimal: "0%" is none at all.
 */
export function figureFormat(value: number, unit: Unit): FigureFormat {
  // From 0.0001 of the original's weights to several times a reference's steps.
  if (unit === 'ratio') return { maximumSignificantDigits: 3 };
  const digits = unit === 'percent' && (value === 0 || value === 100) ? 0 : decimals[unit];
  return {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    // No "-0.0".
    signDisplay: 'negative',
  };
}

/** The digits alone, as in a column of a table. In English, as the rest. */
export function figureDigits(value: number, unit: Unit): string {
  return new Intl.NumberFormat('en', figureFormat(value, unit)).format(value);
}

/** "98.2%", "1.5 points", "0.131 bits". */
export function figureText(value: number, unit: Unit): string {
  const figure = figureDigits(value, unit);
  switch (unit) {
    case 'percent':
      return `${figure}%`;
    case 'points':
    case 'bits':
    case 'steps':
      return `${figure} ${unit}`;
    case 'area':
    case 'ratio':
      return figure;
  }
}

export const percentText = (value: number): string => figureText(value, 'percent');
