import type { TextStyle } from './typesetter.ts';

/** The look of Lethe on white paper: ink, one accent, and marks that also tell apart in grey. */
export const colours = {
  ink: '#1d2530',
  inkSoft: '#5a6472',
  line: '#e4e0d8',
  accent: '#0e5f63',
  pass: '#22612c',
  passWash: '#e4f0e2',
  fail: '#96231a',
  failWash: '#f9e4e0',
  unsure: '#7a5300',
  unsureWash: '#f7eed8',
  before: '#b9b2a4',
  after: '#0e5f63',
} as const;

const serif = { family: 'source-serif-4', weight: 600, colour: colours.ink, leading: 1.2 } as const;
const sans = { family: 'inter', weight: 400, colour: colours.ink, leading: 1.5 } as const;

export const styles = {
  brand: { ...serif, size: 14 },
  title: { ...serif, size: 27 },
  heading: { ...serif, size: 14 },
  figure: { ...serif, size: 19 },
  lead: { ...sans, size: 11, leading: 1.55 },
  leadStrong: { ...sans, size: 11, weight: 600, leading: 1.55 },
  body: { ...sans, size: 9 },
  soft: { ...sans, size: 9, colour: colours.inkSoft },
  strong: { ...sans, size: 9, weight: 600 },
  small: { ...sans, size: 7.5, colour: colours.inkSoft },
  smallStrong: { ...sans, size: 7.5, weight: 600 },
  smallInk: { ...sans, size: 7.5 },
} as const satisfies Record<string, TextStyle>;
