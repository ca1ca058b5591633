/**
 * Text as it may be shown or written anywhere: what would not be seen, would turn the direction of what follows, or would
 * command a terminal, stands there as its number in square brackets, such as [U+202E]. Joiners stay: scripts and emoji
 * need them.
 */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) =>
    joiners.has(character) ? character : `[U+${numberOf(character)}]`,
  );
}

/** Zero width non-joiner and joiner. */
const joiners: ReadonlySet<string> = new Set(['\u200C', '\u200D']);

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** Marks can be heaped on a character without end. */
const mostPointsPerGrapheme = 8;

/** {@link visible}, and at most so many characters as people count them. */
export function shortened(text: string, most: number): string {
  const shown = visible(text);
  if (shown.length <= most) return shown;
  const start = Array.from(shown)
    .slice(0, most * mostPointsPerGrapheme)
    .join('');
  const parts = Array.from(graphemes.segment(start), ({ segment }) => segment);
  const isWhole = start.length === shown.length && parts.length <= most;
  return isWhole ? shown : `${parts.slice(0, most - 1).join('')}…`;
}

function numberOf(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}
