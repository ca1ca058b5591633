import type { Certificate } from './certificate.ts';
import { colours, styles } from './look.ts';
import { percentText } from './figures.ts';
import type { TextStyle, Typesetter } from './typesetter.ts';

type ClassAccuracy = Certificate['classes'][number];

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
export function selectClasses(certificate: Certificate, capacity: number): ChartSelection {
  const forgotten = new Set(certificate.forget.map(({ index }) => index));
  const forget = certificate.classes.filter(({ index }) => forgotten.has(index));
  const retain = certificate.classes.filter(({ index }) => !forgotten.has(index));
  const forForget = Math.min(forget.length, Math.max(capacity >> 1, capacity - retain.length));
  const worst = [...retain]
    .sort((one, other) => loss(other) - loss(one) || one.index - other.index)
    .slice(0, capacity - forForget)
    .sort((one, other) => one.index - other.index);
  const shown = [...forget.slice(0, forForget), ...worst];
  const isShown = new Set(shown.map(({ index }) => index));
  return { shown, left: certificate.classes.filter(({ index }) => !isShown.has(index)) };
}

/**
 * Accuracy of each class before (above, light) and after (below, dark) as bars.
 * @returns the height used
 */
export function drawChart(
  document: PDFKit.PDFDocument,
  typesetter: Typesetter,
  { shown }: ChartSelection,
  forgotten: ReadonlySet<number>,
  area: ChartArea,
): number {
  const columns = shown.length > longestSingleColumn ? 2 : 1;
  const rows = Math.ceil(shown.length / columns);
  const pitch = Math.min(widest, area.height / rows);
  const width = (area.width - gutter * (columns - 1)) / columns;
  shown.forEach((row, place) => {
    const x = area.x + Math.floor(place / rows) * (width + gutter);
    const y = area.y + (place % rows) * pitch;
    drawRow(document, typesetter, row, forgotten.has(row.index), { x, y, width, height: pitch });
  });
  return rows * pitch;
}

/** @param y of the baseline */
export function drawLegend(
  document: PDFKit.PDFDocument,
  typesetter: Typesetter,
  right: number,
  y: number,
): void {
  let x = right;
  for (const [text, colour] of [
    ['after', colours.after],
    ['before', colours.before],
  ] as const) {
    x -= typesetter.widthOf(text, styles.small);
    typesetter.line(text, x, y, styles.small);
    document
      .roundedRect(
        x - legendBar.width - 4,
        y - legendBar.height,
        legendBar.width,
        legendBar.height,
        1,
      )
      .fill(colour);
    x -= 31;
  }
}

function drawRow(
  document: PDFKit.PDFDocument,
  typesetter: Typesetter,
  row: ClassAccuracy,
  isForgotten: boolean,
  { x, y, width, height }: ChartArea,
): void {
  const labelWidth = width * 0.32;
  const valueWidth = 34;
  const barsAt = x + labelWidth + 8;
  const longest = width - labelWidth - 8 - valueWidth;
  const bar = { height: height * 0.315, gap: height * 0.07 };
  const middle = y + bar.height + bar.gap / 2;

  const weighted = isForgotten ? styles.smallStrong : styles.smallInk;
  const label = { ...weighted, size: Math.min(8.2, height * 0.4) };
  const baseline = isForgotten ? middle - 0.6 : middle + 2.7;
  typesetter.line(typesetter.fitted(row.name, labelWidth, label), x, baseline, label);
  if (isForgotten) typesetter.line('to forget', x, baseline + 7.5, { ...styles.small, size: 6.5 });

  if (row.before === null || row.after === null) {
    typesetter.line('no test images', barsAt, middle + 2.7, styles.small);
    return;
  }
  const draw = (value: number, top: number, colour: string, style: TextStyle): void => {
    // At 0% a line is left, so that the bar is seen to be none.
    const length = Math.max((value / 100) * longest, 0.8);
    document.roundedRect(barsAt, top, length, bar.height, Math.min(1, length / 2)).fill(colour);
    const size = Math.min(style.size, bar.height * 1.25);
    const textBaseline = top + bar.height / 2 + size * 0.36;
    typesetter.line(percentText(value), barsAt + length + 4, textBaseline, { ...style, size });
  };
  draw(row.before, y, colours.before, styles.small);
  draw(row.after, y + bar.height + bar.gap, colours.after, styles.smallStrong);
}

function loss({ before, after }: ClassAccuracy): number {
  return before === null || after === null ? 0 : before - after;
}
