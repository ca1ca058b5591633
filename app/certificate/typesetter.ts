import { fontPath, fontRuns, type FontFamily, type FontRun, type FontWeight } from './fonts.ts';

export interface TextStyle {
  readonly family: FontFamily;
  readonly weight: FontWeight;
  /** Points. */
  readonly size: number;
  readonly colour: string;
  /** From one baseline to the next, as a multiple of the size. */
  readonly leading: number;
}

/** Text in one style; a paragraph is made of these. */
export interface Span {
  readonly text: string;
  readonly style: TextStyle;
}

interface Word {
  readonly spans: readonly Span[];
  readonly width: number;
}

/** Sets text in a PDF, character by character in the font that has it, whatever the text. Lengths are in points. */
export class Typesetter {
  readonly #document: PDFKit.PDFDocument;
  readonly #fonts = new Set<string>();
  #hasBoxes = false;

  constructor(document: PDFKit.PDFDocument) {
    this.#document = document;
  }

  /** Whether a character was drawn that no font can show. */
  get hasBoxes(): boolean {
    return this.#hasBoxes;
  }

  widthOf(text: string, style: TextStyle): number {
    return this.#runs(text, style).reduce((sum, run) => sum + this.#runWidth(run, style), 0);
  }

  /** One line. @param y of the baseline @returns its width */
  line(text: string, x: number, y: number, style: TextStyle): number {
    let right = x;
    for (const run of this.#runs(text, style)) {
      const width = this.#runWidth(run, style);
      if (run.font === null) this.#box(run.text, right, y, style);
      else {
        this.#document
          .fillColor(style.colour)
          .text(run.text, right, y, { lineBreak: false, baseline: 'alphabetic' });
      }
      right += width;
    }
    return right - x;
  }

  /** One line that ends at `right`. */
  lineToRight(text: string, right: number, y: number, style: TextStyle): void {
    this.line(text, right - this.widthOf(text, style), y, style);
  }

  /** The text, or as much of it as fits with an ellipsis. */
  fitted(text: string, width: number, style: TextStyle): string {
    if (this.widthOf(text, style) <= width) return text;
    const characters = [...new Intl.Segmenter('en').segment(text)].map(({ segment }) => segment);
    let [fits, tooLong] = [0, characters.length];
    while (tooLong - fits > 1) {
      const middle = Math.floor((fits + tooLong) / 2);
      const cut = `${characters.slice(0, middle).join('').trimEnd()}…`;
      if (this.widthOf(cut, style) <= width) fits = middle;
      else tooLong = middle;
    }
    return `${characters.slice(0, fits).join('').trimEnd()}…`;
  }

  /**
   * Lines of at most `width`, broken at spaces, and inside a word only when it is longer than a line.
   * @param y of the top @returns the height
   */
  paragraph(spans: readonly Span[], x: number, y: number, width: number): number {
    let baseline = y;
    for (const line of this.#lines(spans, width)) {
      const { size, leading } = tallest(line);
      let right = x;
      for (const { spans: parts } of line) {
        for (const { text, style } of parts)
          right += this.line(text, right, baseline + size, style);
      }
      baseline += size * leading;
    }
    return baseline - y;
  }

  heightOf(spans: readonly Span[], width: number): number {
    return this.#lines(spans, width)
      .map(tallest)
      .reduce((sum, { size, leading }) => sum + size * leading, 0);
  }

  #lines(spans: readonly Span[], width: number): Word[][] {
    const lines: Word[][] = [[]];
    let filled = 0;
    for (const word of this.#words(spans, width)) {
      const isSpace = word.spans.every(({ text }) => text === ' ');
      if (filled + word.width > width && !isSpace && filled > 0) {
        lines.push([]);
        filled = 0;
      }
      if (isSpace && filled === 0) continue;
      lines[lines.length - 1].push(word);
      filled += word.width;
    }
    return lines.filter((line) => line.length > 0);
  }

  /** Words and the spaces between them; a word can run over several spans. */
  *#words(spans: readonly Span[], width: number): Generator<Word> {
    let word: Span[] = [];
    for (const { text, style } of spans) {
      for (const part of text.split(/( )/).filter((some) => some !== '')) {
        if (part === ' ') {
          yield* this.#unbroken(word, width);
          word = [];
          yield this.#word([{ text: part, style }]);
        } else word.push({ text: part, style });
      }
    }
    yield* this.#unbroken(word, width);
  }

  *#unbroken(spans: readonly Span[], width: number): Generator<Word> {
    if (spans.length === 0) return;
    const word = this.#word(spans);
    if (word.width <= width) {
      yield word;
      return;
    }
    for (const { text, style } of spans) {
      for (const { segment } of new Intl.Segmenter('en').segment(text)) {
        yield this.#word([{ text: segment, style }]);
      }
    }
  }

  #word(spans: readonly Span[]): Word {
    const width = spans.reduce((sum, { text, style }) => sum + this.widthOf(text, style), 0);
    return { spans, width };
  }

  #runs(text: string, { family, weight }: TextStyle): FontRun[] {
    // Inter sets "7." so close that in small print the point is lost: no run holds a digit and the point after it.
    return text.split(/(?<=\d)(?=[.,])/).flatMap((part) => fontRuns(part, family, weight));
  }

  /** Leaves the run's font selected. */
  #runWidth({ text, font }: FontRun, { size }: TextStyle): number {
    if (font === null) return size * boxWidth;
    if (!this.#fonts.has(font)) {
      this.#document.registerFont(font, fontPath(font));
      this.#fonts.add(font);
    }
    return this.#document.font(font).fontSize(size).widthOfString(text);
  }

  /** In place of a character that no font can show; who has it read aloud or copies it gets the character. */
  #box(character: string, x: number, baseline: number, { size, colour }: TextStyle): void {
    this.#hasBoxes = true;
    const height = size * 0.7;
    this.#document
      .markContent('Span', { actual: inert(character) })
      .rect(x + size * 0.08, baseline - height, size * (boxWidth - 0.16), height)
      .lineWidth(size * 0.06)
      .strokeColor(colour)
      .stroke()
      .endMarkedContent();
  }
}

/** The character, unless it would command whatever it is pasted into. */
function inert(character: string): string {
  return /[\p{C}\p{Zl}\p{Zp}]/u.test(character) ? '\uFFFD' : character;
}

/** As a part of the size. */
const boxWidth = 0.68;

function tallest(line: readonly Word[]): TextStyle {
  return line
    .flatMap(({ spans }) => spans)
    .map(({ style }) => style)
    .reduce((one, other) => (other.size > one.size ? other : one));
}
