/** Plots as SVG files, with titles and words on all that is shown. */

export interface PlotPoint {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  /** Something to compare with, not one of those that are compared. */
  readonly landmark: boolean;
}

export interface Scatter {
  readonly title: string;
  /** Of the axes, with units. */
  readonly x: string;
  readonly y: string;
  readonly points: readonly PlotPoint[];
}

export interface Bars {
  readonly title: string;
  /** Of the axis, with its unit. */
  readonly x: string;
  readonly bars: readonly { readonly name: string; readonly value: number }[];
}

/** They can be read on white and on black. */
const colours = { method: '#1b8a8f', landmark: '#b3651a', words: '#77808b', grid: '#77808b40' };
const area = { left: 56, right: 356, top: 40, bottom: 300, width: 620, height: 350 };

/** Numbered points, and what the numbers stand for beside them. */
export function scatterPlot({ title, x, y, points }: Scatter): string {
  const [xAxis, yAxis] = [
    axis(points.map((point) => point.x)),
    axis(points.map((point) => point.y)),
  ];
  const across = (value: number): number => place(value, xAxis, area.left, area.right);
  const up = (value: number): number => place(value, yAxis, area.bottom, area.top);
  const grid = [
    ...yAxis.ticks.map(
      (tick) =>
        line(area.left, up(tick), area.right, up(tick)) +
        text(String(tick), area.left - 6, up(tick) + 4, 'end'),
    ),
    ...xAxis.ticks.map(
      (tick) =>
        line(across(tick), area.top, across(tick), area.bottom) +
        text(String(tick), across(tick), area.bottom + 16, 'middle'),
    ),
  ];
  const marks = points.flatMap((point, index) => {
    const number = String(index + 1);
    const [left, top] = [across(point.x), up(point.y)];
    const row = area.top + 8 + index * 20;
    const words = `${point.name} (${figure(point.x)}, ${figure(point.y)})`;
    return [
      mark(point, number, left, top),
      mark(point, number, area.right + 24, row),
      text(words, area.right + 38, row + 4, 'start'),
    ];
  });
  const height = Math.max(area.height, area.top + 20 * points.length + 20);
  return svg(title, height, [
    ...grid,
    text(x, (area.left + area.right) / 2, area.bottom + 36, 'middle'),
    text(
      y,
      0,
      0,
      'middle',
      `transform="translate(14 ${String((area.top + area.bottom) / 2)}) rotate(-90)"`,
    ),
    ...marks,
  ]);
}

/** A bar each, with its value. */
export function barPlot({ title, x, bars }: Bars): string {
  const left = 170;
  const [first, step] = [area.top + 6, 26];
  const end = area.width - 80;
  const scale = axis([0, ...bars.map(({ value }) => value)]);
  const across = (value: number): number => place(value, scale, left, end);
  const bottom = first + step * bars.length + 4;
  return svg(title, bottom + 46, [
    ...scale.ticks.map(
      (tick) =>
        line(across(tick), area.top, across(tick), bottom) +
        text(String(tick), across(tick), bottom + 16, 'middle'),
    ),
    ...bars.map(({ name, value }, index) => {
      const top = first + step * index;
      const width = rounded(across(value) - left);
      return (
        text(name, left - 8, top + 13, 'end') +
        `<rect x="${String(left)}" y="${String(top)}" width="${String(width)}" height="18" fill="${colours.method}"/>` +
        text(figure(value), across(value) + 6, top + 13, 'start')
      );
    }),
    text(x, (left + end) / 2, bottom + 36, 'middle'),
  ]);
}

interface Axis {
  readonly least: number;
  readonly most: number;
  readonly ticks: readonly number[];
}

/** Round steps around the values, some three to six of them. */
function axis(values: readonly number[]): Axis {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const range = Math.max(high - low, 0.01 * Math.abs(high), 0.01);
  const power = 10 ** Math.floor(Math.log10(range));
  const step =
    [0.2, 0.5, 1, 2].map((each) => each * power).find((each) => range / each <= 6) ?? power;
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  const ticks = Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(6)),
  );
  return { least: first * step, most: last * step, ticks };
}

function place(value: number, { least, most }: Axis, from: number, to: number): number {
  return rounded(from + ((to - from) * (value - least)) / (most - least));
}

function mark({ landmark }: PlotPoint, number: string, x: number, y: number): string {
  const shape = landmark
    ? `<rect x="${String(x - 8)}" y="${String(y - 8)}" width="16" height="16" fill="${colours.landmark}"/>`
    : `<circle cx="${String(x)}" cy="${String(y)}" r="8.5" fill="${colours.method}"/>`;
  return shape + text(number, x, y + 4, 'middle', 'fill="#ffffff" font-weight="600"');
}

function svg(title: string, height: number, parts: readonly string[]): string {
  const [width, tall] = [String(area.width), String(Math.round(height))];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${tall}" width="${width}" height="${tall}" font-family="system-ui, sans-serif" font-size="11" fill="${colours.words}" role="img">`,
    `<title>${escaped(title)}</title>`,
    text(title, 14, 20, 'start', 'font-weight="600" font-size="13"'),
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function line(x1: number, y1: number, x2: number, y2: number): string {
  return `<path d="M${String(x1)} ${String(y1)}L${String(x2)} ${String(y2)}" stroke="${colours.grid}"/>`;
}

function text(words: string, x: number, y: number, anchor: string, more = ''): string {
  return `<text x="${String(x)}" y="${String(y)}" text-anchor="${anchor}" ${more}>${escaped(words)}</text>`;
}

function figure(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function rounded(value: number): number {
  return Math.round(10 * value) / 10;
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
