import type { Figures } from './figures.ts';
import { colours, styles } from './look.ts';
import type { Messages } from './messages/message-table.ts';
import type { TextStyle, Typesetter } from './typesetter.ts';

/** A class as the chart shows it. Accuracy in percent of its test images; null where there are none. */
export interface ClassAccuracy {
  readonly index: number;
  readonly name: string;
  readonly isForgotten: boolean;
  readonly before: number | null;
  readonly after: number | null;
}

export interface ChartSelection {
  /** Forget classes first, then the others in the model's order. */
  readonly shown: readonly ClassAccuracy[];
  readonly left: readonly ClassAccuracy[];
}

/** Lengths are in points. */
export interface ChartArea {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What text is set with. */
export interface ChartText {
  readonly typesetter: Typesetter;
  readonly words: Messages['chart'];
  readonly figures: Figures;
}

/** From one class to the next. */
const closest = 17.5;
const widest = 21;
const gutter = 26;
const legendBar = { width: 13, height: 5.5 } as const;
/** More classes than this are set in two columns. */
const longestSingleColumn = 12;

/** How many classes fit. */
export function chartCapacity(height: number): number {
  return 2 * Math.max(0, Math.floor(height / closest));
}

/**
 * The classes to show when not all fit: forget classes, then the retain classes that lost most. Some room is always left
 * for retain classes, as the harm done to them is half of what the chart is for.
 */
export function selectClasses(classes: readonly ClassAccuracy[], capacity: number): ChartSelection {
  const forget = classes.filter(({ isForgotten }) => isForgotten);
  const retain = classes.filter(({ isForgotten }) => !isForgotten);
  const forForget = Math.min(forget.length, Math.max(capacity >> 1, capacity - retain.length));
  const worst = [...retain]
    .sort((one, other) => loss(other) - loss(one) || one.index - other.index)
    .slice(0, capacity - forForget)
    .sort((one, other) => one.index - other.index);
  const shown = [...forget.slice(0, forForget), ...worst];
  const isShown = new Set(shown.map(({ index }) => index));
  return { shown, left: classes.filter(({ index }) => !isShown.has(index)) };
}

/** The height that a chart takes of what there is. */
export function chartHeight({ shown }: ChartSelection, height: number): number {
  const { rows, pitch } = gridOf(shown.length, height);
  return rows * pitch;
}

/** Accuracy of each class before (above, light) and after (below, dark) as bars. */
export function drawChart(
  document: PDFKit.PDFDocument,
  text: ChartText,
  { shown }: ChartSelection,
  area: ChartArea,
): void {
  const { columns, rows, pitch } = gridOf(shown.length, area.height);
  const width = (area.width - gutter * (columns - 1)) / columns;
  shown.forEach((row, place) => {
    const x = area.x + Math.floor(place / rows) * (width + gutter);
    const y = area.y + (place % rows) * pitch;
    drawRow(document, text, row, { x, y, width, height: pitch });
  });
}

/** @param y of the baseline */
export function drawLegend(
  document: PDFKit.PDFDocument,
  { typesetter, words }: ChartText,
  right: number,
  y: number,
): void {
  let x = right;
  for (const [text, colour] of [
    [words.after, colours.after],
    [words.before, colours.before],
  ] as const) {
    x -= typesetter.widthOf(text, styles.small);
    typesetter.line(text, x, y, styles.small);
    x -= legendBar.width + 4;
    document
      .roundedRect(x, y - legendBar.height, legendBar.width, legendBar.height, 1)
      .fill(colour);
    x -= 14;
  }
}

function gridOf(
  classes: number,
  height: number,
): { readonly columns: number; readonly rows: number; readonly pitch: number } {
  const columns = classes > longestSingleColumn ? 2 : 1;
  const rows = Math.ceil(classes / columns);
  return { columns, rows, pitch: Math.min(widest, height / rows) };
}

function drawRow(
  document: PDFKit.PDFDocument,
  { typesetter, words, figures }: ChartText,
  row: ClassAccuracy,
  { x, y, width, height }: ChartArea,
): void {
  const labelWidth = width * 0.32;
  const valueWidth = 34;
  const barsAt = x + labelWidth + 8;
  const longest = width - labelWidth - 8 - valueWidth;
  const bar = { height: height * 0.315, gap: height * 0.07 };
  const middle = y + bar.height + bar.gap / 2;

  const weighted = row.isForgotten ? styles.smallStrong : styles.smallInk;
  const label = { ...weighted, size: Math.min(8.2, height * 0.4) };
  const baseline = row.isForgotten ? middle - 0.6 : middle + 2.7;
  typesetter.line(typesetter.fitted(row.name, labelWidth, label), x, baseline, label);
  if (row.isForgotten) {
    typesetter.line(words.toForget, x, baseline + 7.5, { ...styles.small, size: 6.5 });
  }

  if (row.before === null || row.after === null) {
    typesetter.line(words.noTestImages, barsAt, middle + 2.7, styles.small);
    return;
  }
  const draw = (value: number, top: number, colour: string, style: TextStyle): void => {
    // At 0% a line is left, so that the bar is seen to be none.
    const length = Math.max((value / 100) * longest, 0.8);
    document.roundedRect(barsAt, top, length, bar.height, Math.min(1, length / 2)).fill(colour);
    const size = Math.min(style.size, bar.height * 1.25);
    const textBaseline = top + bar.height / 2 + size * 0.36;
    typesetter.line(figures.percent(value), barsAt + length + 4, textBaseline, { ...style, size });
  };
  draw(row.before, y, colours.before, styles.small);
  draw(row.after, y + bar.height + bar.gap, colours.after, styles.smallStrong);
}

function loss({ before, after }: ClassAccuracy): number {
  return before === null || after === null ? 0 : before - after;
}
