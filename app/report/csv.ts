import { visible } from './visible.ts';

/**
 * A table as CSV (RFC 4180), in UTF-8 with the mark that spreadsheets know it by. Every cell is quoted and inert: what a
 * spreadsheet would take for a formula gets an apostrophe in front, also after what another separator than the comma
 * would take for the start of a cell; what would not be seen is made visible.
 */
export function csv(rows: readonly (readonly string[])[]): string {
  const lines = rows.map((row) => row.map(cell).join(','));
  return `\uFEFF${lines.join('\r\n')}\r\n`;
}

/** Of a cell or, after a separator, of something in it. The wide forms count as the plain ones in some languages. */
const formulaStart = /((?:^|[;,|])["'\s]*)(?=[=+\-@＝＋－＠])/gu;

function cell(text: string): string {
  return `"${visible(text).replace(formulaStart, "$1'").replaceAll('"', '""')}"`;
}
