/** One curve in a plot. */
export interface Panel {
  readonly title: string;
  /** Of the axes, with units. */
  readonly x: string;
  readonly y: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Whether equal distances on the axes are equal ratios. Else they start at 0. */
  readonly logarithmic: boolean;
}

const size = { width: 340, height: 240, left: 56, right: 18, top: 34, bottom: 46 };
/** They can be read on white and on black. */
const colours = { curve: '#1b8a8f', words: '#77808b', grid: '#77808b40' };

/** Panels side by side, as an SVG file. */
export function plot(panels: readonly Panel[]): string {
  const width = size.width * panels.length;
  const groups = panels.map(
    (panel, index) => `<g transform="translate(${size.width * index} 0)">\n${draw(panel)}\n</g>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${size.height}" width="${width}" height="${size.height}" font-family="system-ui, sans-serif" font-size="11" fill="${colours.words}">`,
    `<title>${panels.map(({ title }) => escaped(title)).join('; ')}</title>`,
    ...groups,
    '</svg>\n',
  ].join('\n');
}

function draw({ title, x, y, points, logarithmic }: Panel): string {
  const [xs, ys] = [points.map(([value]) => value), points.map(([, value]) => value)];
  const ticks = logarithmic ? ratioTicks(ys) : evenTicks(Math.max(...ys));
  const [right, bottom] = [size.width - size.right, size.height - size.bottom];
  const across = scale(logarithmic ? xs : [0, ...xs], size.left, right, logarithmic);
  const up = scale(ticks, bottom, size.top, logarithmic);
  return [
    text(title, size.left, 18, 'start', 'font-weight="600"'),
    ...ticks.map(
      (tick) =>
        `<path d="M${size.left} ${up(tick)}H${right}" stroke="${colours.grid}"/>` +
        text(shown(tick), size.left - 6, up(tick) + 4, 'end'),
    ),
    ...xs.map((value) => text(shown(value), across(value), bottom + 16, 'middle')),
    text(x, (size.left + right) / 2, size.height - 10, 'middle'),
    text(y, 0, 0, 'middle', `transform="translate(14 ${(size.top + bottom) / 2}) rotate(-90)"`),
    `<polyline points="${points.map(([a, b]) => `${across(a)},${up(b)}`).join(' ')}" fill="none" stroke="${colours.curve}" stroke-width="2"/>`,
    ...points.map(
      ([a, b]) => `<circle cx="${across(a)}" cy="${up(b)}" r="3.5" fill="${colours.curve}"/>`,
    ),
  ].join('\n');
}

/** From values to places between two ends, in tenths. */
function scale(
  values: readonly number[],
  from: number,
  to: number,
  logarithmic: boolean,
): (value: number) => number {
  const place = logarithmic ? Math.log : (value: number): number => value;
  const [low, high] = [place(Math.min(...values)), place(Math.max(...values))];
  return (value) =>
    Math.round(10 * (from + ((to - from) * (place(value) - low)) / (high - low || 1))) / 10;
}

/** 0 and some three to six round steps, the last at or above the most. */
function evenTicks(most: number): number[] {
  const power = 10 ** Math.floor(Math.log10(most));
  const step =
    [0.2, 0.5, 1, 2].map((each) => each * power).find((each) => most / each <= 6) ?? power;
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, index) => index * step);
}

/** 1, 2 and 5 times powers of ten, from below the least to above the most; of many, the powers alone. */
function ratioTicks(values: readonly number[]): number[] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const between = (factors: readonly number[]): number[] => {
    const all = Array.from({ length: 19 }, (_, index) => index - 9).flatMap((power) =>
      factors.map((factor) => factor * 10 ** power),
    );
    const first = all.findLastIndex((tick) => tick <= least);
    const last = all.findIndex((tick) => tick >= most);
    return all.slice(first, Math.max(last, first + 1) + 1);
  };
  const fine = between([1, 2, 5]);
  return fine.length <= 8 ? fine : between([1]);
}

function shown(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function text(words: string, x: number, y: number, anchor: string, more = ''): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" ${more}>${escaped(words)}</text>`;
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
