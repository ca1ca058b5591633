import { colours, styles } from './look.ts';
import type { Span, TextStyle, Typesetter } from './typesetter.ts';

/** Points; A4 is 595.28 × 841.89. */
export const page = { left: 56, right: 539.28, top: 60, bottom: 782, footer: 806 } as const;
export const pageWidth = page.right - page.left;

const headingHeight = 22;
const sectionGap = 18;
const indent = 12;
const cellGap = 12;

/** A paragraph of a table's cell. */
export interface Paragraph {
  readonly spans: readonly Span[];
  /** Where it is not that of the document. */
  readonly language?: string;
}
export type Cell = readonly Paragraph[];

type CellKind = PDFKit.Mixins.StructureElementOptions & {
  readonly tag: 'TD' | 'TH';
  readonly scope?: 'Row' | 'Column';
};

/**
 * Pages that are filled from top to bottom. Everything on them is tagged (PDF/UA-1, ISO 14289-1): what is read belongs to
 * the document's structure, in the order in which it is drawn, and all else is marked as an artifact.
 */
export class Sheet {
  readonly #document: PDFKit.PDFDocument;
  readonly #typesetter: Typesetter;
  readonly #root: PDFKit.PDFStructureElement;
  y: number = page.top;

  constructor(document: PDFKit.PDFDocument, typesetter: Typesetter) {
    this.#document = document;
    this.#typesetter = typesetter;
    document.addPage();
    this.#root = document.struct('Document');
    document.addStructure(this.#root);
  }

  /** Draws what is read as one part, such as `P` or `H1`. */
  part(tag: string, draw: () => void, options: { readonly lang?: string } = {}): void {
    this.#root.add(this.#document.struct(tag, options, draw));
  }

  /** Draws what is not read: rules, grounds, what is told elsewhere. */
  artifact(draw: () => void, type: 'Layout' | 'Pagination' = 'Layout'): void {
    this.#document.markContent('Artifact', { type });
    draw();
    this.#document.endMarkedContent();
  }

  /** Draws what is seen, from the current height down. @param alternative what is read in its place */
  figure(alternative: string, height: number, draw: () => void): void {
    const options = {
      alt: alternative,
      bbox: [page.left, this.y, page.right, this.y + height],
      placement: 'Block',
    };
    this.#root.add(this.#document.struct('Figure', options, draw));
  }

  /** @param height of what must stay with the heading on one page */
  heading(text: string, height: number): void {
    this.y += sectionGap;
    this.room(headingHeight + height);
    this.part('H2', () => {
      this.#typesetter.line(text, page.left, this.y + 11, styles.heading);
    });
    this.y += headingHeight;
  }

  paragraph(spans: readonly Span[], language?: string): void {
    const height = this.#typesetter.heightOf(spans, pageWidth);
    this.room(height);
    this.part(
      'P',
      () => {
        this.#typesetter.paragraph(spans, page.left, this.y, pageWidth);
      },
      language === undefined ? {} : { lang: language },
    );
    this.y += height;
  }

  list(items: readonly (readonly Span[])[]): void {
    const list = this.#document.struct('L');
    this.#root.add(list);
    for (const spans of items) {
      const height = this.#typesetter.heightOf(spans, pageWidth - indent);
      this.room(height + 3);
      this.artifact(() => {
        this.#document.circle(page.left + 2, this.y + 6.2, 1.3).fill(colours.accent);
      });
      const item = this.#document.struct('LI');
      list.add(item);
      item.add(
        this.#document.struct('LBody', {}, () => {
          this.#typesetter.paragraph(spans, page.left + indent, this.y, pageWidth - indent);
        }),
      );
      item.end();
      this.y += height + 3;
    }
    list.end();
  }

  listHeight(items: readonly (readonly Span[])[]): number {
    return items.reduce(
      (sum, spans) => sum + this.#typesetter.heightOf(spans, pageWidth - indent) + 3,
      0,
    );
  }

  /**
   * A table whose rows stay whole. The first cell of a row is its header.
   * @param widths of the columns, in points
   */
  table(
    widths: readonly number[],
    rows: readonly (readonly Cell[])[],
    columns: readonly string[] | null = null,
  ): void {
    const table = this.#document.struct('Table');
    this.#root.add(table);
    if (columns !== null) {
      const header = headOf(columns);
      // With the row that follows.
      this.room(this.#rowHeight(header, widths) + this.#rowHeight(rows[0] ?? [], widths));
      this.#row(table, header, widths, () => ({ tag: 'TH', scope: 'Column' }), false);
    }
    for (const row of rows) {
      const begins = this.room(this.#rowHeight(row, widths));
      if (begins && columns !== null) this.#headAgain(columns, widths);
      this.#row(
        table,
        row,
        widths,
        (place) => (place === 0 ? { tag: 'TH', scope: 'Row' } : { tag: 'TD' }),
        true,
      );
    }
    table.end();
  }

  /** On every page, once all are there. */
  footers(text: (number: number, count: number) => readonly [left: string, right: string]): void {
    const { start, count } = this.#document.bufferedPageRange();
    for (let number = 1; number <= count; number++) {
      this.#document.switchToPage(start + number - 1);
      const [left, right] = text(number, count);
      this.artifact(() => {
        this.rule(page.left, page.footer - 14, page.right, page.footer - 14);
        this.#typesetter.line(left, page.left, page.footer, styles.small);
        this.#typesetter.lineToRight(right, page.right, page.footer, styles.small);
      }, 'Pagination');
    }
  }

  end(): void {
    this.#root.end();
  }

  rule(fromX: number, fromY: number, toX: number, toY: number): void {
    this.#document
      .moveTo(fromX, fromY)
      .lineTo(toX, toY)
      .lineWidth(0.6)
      .strokeColor(colours.line)
      .stroke();
  }

  /** Goes on to the next page when so much does not fit on this one. @returns whether it did */
  room(height: number): boolean {
    if (this.y + height <= page.bottom || this.y <= page.top) return false;
    this.#document.addPage();
    this.y = page.top;
    return true;
  }

  /** The head of a table that goes on: to be seen, as it was read when the table began. */
  #headAgain(columns: readonly string[], widths: readonly number[]): void {
    this.artifact(() => {
      let x: number = page.left;
      columns.forEach((text, place) => {
        this.#typesetter.paragraph(
          plain(text, styles.small),
          x,
          this.y + 3,
          widths[place] - cellGap,
        );
        x += widths[place];
      });
    }, 'Pagination');
    this.y += this.#rowHeight(headOf(columns), widths);
  }

  #row(
    table: PDFKit.PDFStructureElement,
    cells: readonly Cell[],
    widths: readonly number[],
    kind: (place: number) => CellKind,
    isRuled: boolean,
  ): void {
    const top = this.y;
    if (isRuled) {
      this.artifact(() => {
        this.rule(page.left, top, page.right, top);
      });
    }
    const row = this.#document.struct('TR');
    table.add(row);
    let x: number = page.left;
    cells.forEach((paragraphs, place) => {
      const width = widths[place] - cellGap;
      const { tag, ...options } = kind(place);
      const cell = this.#document.struct(tag, options);
      row.add(cell);
      let y = top + 3;
      for (const { spans, language } of paragraphs) {
        const at = { x, y };
        cell.add(
          this.#document.struct('P', language === undefined ? {} : { lang: language }, () => {
            this.#typesetter.paragraph(spans, at.x, at.y, width);
          }),
        );
        y += this.#typesetter.heightOf(spans, width);
      }
      cell.end();
      x += widths[place];
    });
    row.end();
    this.y = top + this.#rowHeight(cells, widths);
  }

  #rowHeight(cells: readonly Cell[], widths: readonly number[]): number {
    const heights = cells.map((paragraphs, place) =>
      paragraphs.reduce(
        (sum, { spans }) => sum + this.#typesetter.heightOf(spans, widths[place] - cellGap),
        0,
      ),
    );
    return Math.max(...heights, 0) + 6;
  }
}

function headOf(columns: readonly string[]): Cell[] {
  return columns.map((text) => [{ spans: plain(text, styles.small) }]);
}

export function plain(text: string, style: TextStyle = styles.body): Span[] {
  return [{ text, style }];
}
