import type { CaseRecord } from '../cases/case-record.ts';
import { documentPdf } from '../certificate/document.ts';
import { figuresIn, type Figures } from '../certificate/figures.ts';
import { styles } from '../certificate/look.ts';
import { page, pageWidth, plain, Sheet, type Cell, type Paragraph } from '../certificate/sheet.ts';
import { Typesetter, type TextStyle } from '../certificate/typesetter.ts';
import { classesText, closedOn, isLate, receivedOn, type Report } from './report.ts';
import { answerWords, lawWords, stateWords, totalsSentences } from './report-words.ts';
import { shortened } from './visible.ts';

/** What says where a report is from, so that it can be compared with the ledger. */
export interface ReportOrigin {
  /** Of the ledger. */
  readonly origin: string;
  /** Of its checkpoint, to be read aloud. */
  readonly fingerprint: string;
}

/** The report as a document on A4, tagged. The same report gives the same bytes. */
export async function reportPdf(report: Report, origin: ReportOrigin): Promise<Buffer> {
  const figures = figuresIn('en');
  const title = `Erasure requests from ${figures.date(report.from)} to ${figures.date(report.to)}`;
  const about = {
    title,
    language: 'en',
    created: new Date(`${report.asOf}T00:00:00Z`),
    compress: true,
  };
  return documentPdf(about, (document) => {
    draw(document, report, origin, title, figures);
  });
}

const widths = [62, 118, 122, 112, pageWidth - 414] as const;
const columns = ['Case', 'Request', 'Of whom, and what', 'Answer', 'Result'] as const;
/** Characters of what somebody typed: the CSV has all of it. */
const longest = 90;
const longestReason = 220;

function draw(
  document: PDFKit.PDFDocument,
  report: Report,
  { origin, fingerprint }: ReportOrigin,
  title: string,
  figures: Figures,
): void {
  const typesetter = new Typesetter(document);
  const sheet = new Sheet(document, typesetter);
  sheet.artifact(() => {
    typesetter.line('Lethe', page.left, sheet.y + 10, styles.brand);
  });
  sheet.y += 62;
  sheet.part('H1', () => {
    typesetter.line('Erasure requests', page.left, sheet.y, styles.title);
  });
  sheet.y += 16;
  const { from, to, asOf, totals } = report;
  const lead = [
    `Received from ${figures.date(from)} to ${figures.date(to)}, and how they were answered, as it stood on ${figures.date(asOf)}.`,
    ...totalsSentences(totals),
  ].join(' ');
  sheet.paragraph(plain(lead, styles.lead));
  sheet.y += 14;
  if (report.records.length > 0) {
    const rows = report.records.map((record) => rowOf(record, report));
    sheet.table(widths, rows, columns);
  }
  sheet.y += 14;
  const notes = [
    'A case without names had them destroyed when its retention was over, or they are locked: its entries in the ledger verify as before.',
    `From the ledger ${origin}; its checkpoint reads ${fingerprint}. Times are asserted by the machine that ran Lethe, where no one else vouches for them.`,
    ...(typesetter.hasBoxes
      ? ['A box stands for a character that the fonts of this document do not have.']
      : []),
  ];
  sheet.list(notes.map((note) => plain(note, styles.small)));
  sheet.footers((number, count) => [title, `Page ${String(number)} of ${String(count)}`]);
  sheet.end();
}

function rowOf(record: CaseRecord, { asOf }: Report): Cell[] {
  const { id, facts, details, closing, signOffs, runs, names } = record;
  const due = facts.due === null ? '' : `due ${facts.due}${facts.isExtended ? ', extended' : ''}`;
  const isOverdue = closing === null && facts.due !== null && facts.due < asOf;
  const verdict = runs.at(-1)?.result?.verdict?.value;
  return [
    cell([id, styles.smallStrong], [stateWords(record)]),
    cell(
      [`received ${receivedOn(record)}`, styles.smallInk],
      [facts.channel === null ? '' : `by ${facts.channel}`],
      [text(details?.request)],
      [facts.law === null ? '' : lawWords[facts.law]],
      [text(details?.ground)],
    ),
    cell(
      [
        details === null
          ? names === 'forgotten'
            ? 'names destroyed'
            : 'names not told'
          : text(details.subject),
        styles.smallInk,
      ],
      [text(classesText(record)), styles.smallInk],
      [text(details?.controller)],
    ),
    cell(
      [closing === null ? 'open' : answerWords[closing.outcome], styles.smallStrong],
      [closedOn(record) ?? '', styles.smallInk],
      [due],
      [isLate(record) ? 'after it was due' : isOverdue ? 'OVERDUE' : '', styles.smallStrong],
      [shortened(closing?.reason ?? '', longestReason)],
    ),
    cell(
      [verdict ?? (runs.length === 0 ? '' : 'no verdict'), styles.smallInk],
      ...signOffs.map(({ role, name, time }): [string] => [
        `signed ${time.slice(0, 10)}, ${text(name ?? role)}`,
      ]),
    ),
  ];
}

function text(given: string | null | undefined): string {
  return shortened(given ?? '', longest);
}

function cell(...lines: readonly (readonly [text: string, style?: TextStyle])[]): Cell {
  return lines.flatMap(([line, style = styles.small]): Paragraph[] =>
    line === '' ? [] : [{ spans: plain(line, style) }],
  );
}
