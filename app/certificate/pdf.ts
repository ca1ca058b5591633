import PDFDocument from 'pdfkit';
import type { DocumentSigner } from '../ledger/ledger.ts';
import { chartCapacity, drawChart, drawLegend, selectClasses } from './accuracy-chart.ts';
import type { Certificate } from './certificate.ts';
import {
  bytesText,
  countText,
  dateText,
  durationText,
  percentText,
  quantity,
  timesText,
  timeText,
} from './figures.ts';
import { fontRuns } from './fonts.ts';
import { colours, styles } from './look.ts';
import { signPdf, unsigned } from './pdf-signature.ts';
import { Typesetter, type Span, type TextStyle } from './typesetter.ts';

/**
 * The certificate as a document on A4, with its JSON attached, signed as a whole. The same certificate gives the same
 * bytes.
 * @param json the bytes of the JSON certificate
 */
export async function certificatePdf(
  certificate: Certificate,
  json: Buffer,
  sign: DocumentSigner['sign'],
): Promise<Buffer> {
  const issued = new Date(certificate.issued);
  const document = new PDFDocument({
    size: 'A4',
    margin: 0,
    autoFirstPage: false,
    bufferPages: true,
    pdfVersion: '1.7',
    lang: 'en',
    displayTitle: true,
    // So that the attached JSON stands in the file as it is: anyone can take it out, and no inflating is needed to check it.
    compress: false,
    info: Object.assign(
      {
        Title: `Certificate ${certificate.id}`,
        Producer: 'Lethe',
        Creator: 'Lethe',
        CreationDate: issued,
      },
      { LetheSignature: unsigned },
    ),
  });
  const chunks: Buffer[] = [];
  const ended = new Promise((resolve, reject) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', resolve);
    document.on('error', reject);
  });
  document.file(json, {
    name: `certificate-${certificate.id}.json`,
    type: 'application/json',
    description: 'This certificate, signed, for programs to read',
    creationDate: issued,
    modifiedDate: issued,
  });
  new Pages(document, certificate).draw();
  document.end();
  await ended;
  return signPdf(Buffer.concat(chunks), sign);
}

/** Points; A4 is 595.28 × 841.89. */
const page = { left: 56, right: 539.28, top: 60, bottom: 782, footer: 806 } as const;
const width = page.right - page.left;
const labelWidth = 122;
const indent = 12;
const headingHeight = 22;
const sectionGap = 18;

class Pages {
  readonly #document: PDFKit.PDFDocument;
  readonly #typesetter: Typesetter;
  readonly #certificate: Certificate;
  readonly #forgotten: ReadonlySet<number>;
  #y: number = page.top;

  constructor(document: PDFKit.PDFDocument, certificate: Certificate) {
    this.#document = document;
    this.#typesetter = new Typesetter(document);
    this.#certificate = certificate;
    this.#forgotten = new Set(certificate.forget.map(({ index }) => index));
  }

  draw(): void {
    this.#document.addPage();
    this.#masthead();
    this.#lead();
    this.#verdict();
    this.#figures();
    this.#chart();
    this.#findings();
    this.#limits();
    this.#run();
    this.#fingerprints();
    this.#checking();
    this.#footers();
  }

  #masthead(): void {
    const { id, case: ofCase } = this.#certificate;
    this.#typesetter.line('Lethe', page.left, this.#y + 10, styles.brand);
    this.#typesetter.lineToRight(`Case ${ofCase.id}`, page.right, this.#y + 3, styles.smallStrong);
    this.#typesetter.lineToRight(`Certificate ${id}`, page.right, this.#y + 14, styles.small);
    this.#y += 62;
    this.#typesetter.line('Certificate of erasure', page.left, this.#y, styles.title);
    this.#y += 16;
  }

  #lead(): void {
    const { case: ofCase, model, forget, classes, imagesReadOfForgetClasses } = this.#certificate;
    const strong = (text: string): Span => ({ text, style: styles.leadStrong });
    const plain = (text: string): Span => ({ text, style: styles.lead });
    const named = forget.slice(0, 3).map(({ name }) => this.#shortened(name, 42));
    const more = forget.length - named.length;
    const names = named.flatMap((name, place) => {
      const isLast = place === named.length - 1 && more === 0;
      return [plain(place === 0 ? '' : isLast ? ' and ' : ', '), strong(name)];
    });
    const read = imagesReadOfForgetClasses;
    const readText = read === 0 ? 'no image' : quantity(read, 'image', 'images');
    this.#paragraph([
      plain(`On ${dateText(ofCase.finished)} the image classifier `),
      strong(this.#shortened(model.name, 42)),
      plain(' was made to forget '),
      ...names,
      plain(more > 0 ? ` and ${countText(more)} more` : ''),
      plain(
        `, ${countText(forget.length)} of its ${quantity(classes.length, 'class', 'classes')}. `,
      ),
      plain(
        `While erasing, ${readText} of ${forget.length === 1 ? 'that class' : 'those classes'} `,
      ),
      plain(read <= 1 ? 'was read.' : 'were read.'),
    ]);
    this.#y += 14;
  }

  #verdict(): void {
    const { value, reason } = this.#certificate.verdict;
    const { word, colour, wash } = verdicts[value];
    const inset = 14;
    const text = bodyText(reason);
    const height = this.#typesetter.heightOf(text, width - 2 * inset) + 38;
    this.#document.roundedRect(page.left, this.#y, width, height, 5).fill(wash);
    this.#document.rect(page.left, this.#y, 3, height).fill(colour);
    this.#typesetter.line(`Verdict: ${word}`, page.left + inset, this.#y + 20, styles.heading);
    this.#typesetter.paragraph(text, page.left + inset, this.#y + 28, width - 2 * inset);
    this.#y += height + 18;
  }

  #figures(): void {
    const { accuracy, forget, classes, imagesReadOfForgetClasses } = this.#certificate;
    const retained = classes.length - forget.length;
    const cells = [
      {
        label:
          forget.length === 1
            ? 'Forgotten class recognised'
            : `${countText(forget.length)} forgotten classes recognised`,
        figure: percentText(accuracy.after.forget),
        note: `before: ${percentText(accuracy.before.forget)}`,
      },
      {
        label:
          retained === 1
            ? 'The other class recognised'
            : `${countText(retained)} other classes recognised`,
        figure: percentText(accuracy.after.retain),
        note: `before: ${percentText(accuracy.before.retain)}`,
      },
      {
        label: 'Images of forgotten classes read',
        figure: countText(imagesReadOfForgetClasses),
        note: 'while erasing',
      },
    ];
    const cellWidth = width / cells.length;
    cells.forEach(({ label, figure, note }, place) => {
      const x = page.left + place * cellWidth + (place === 0 ? 0 : 14);
      if (place > 0) this.#rule(x - 14, this.#y, x - 14, this.#y + 46);
      this.#typesetter.line(label, x, this.#y + 8, styles.small);
      this.#typesetter.line(figure, x, this.#y + 29, styles.figure);
      this.#typesetter.line(note, x, this.#y + 44, styles.small);
    });
    this.#y += 46 + 26;
  }

  #chart(): void {
    const noteHeight = 30;
    this.#typesetter.line('Recognition of each class', page.left, this.#y, styles.heading);
    drawLegend(this.#document, this.#typesetter, page.right, this.#y);
    this.#y += 16;
    const room = page.bottom - this.#y;
    const whole = selectClasses(this.#certificate, chartCapacity(room));
    const height = whole.left.length === 0 ? room : room - noteHeight;
    const selection = selectClasses(this.#certificate, chartCapacity(height));
    const area = { x: page.left, y: this.#y, width, height };
    this.#y += drawChart(this.#document, this.#typesetter, selection, this.#forgotten, area) + 4;
    if (selection.left.length > 0) {
      this.#paragraph([{ text: this.#leftOut(selection.left), style: styles.small }]);
    }
  }

  #leftOut(left: readonly Certificate['classes'][number][]): string {
    const retained = left.filter(({ index }) => !this.#forgotten.has(index));
    const unshown = left.length - retained.length;
    const mean = (values: readonly (number | null)[]): string => {
      const known = values.filter((value) => value !== null);
      if (known.length === 0) return percentText(null);
      return percentText(known.reduce((sum, value) => sum + value, 0) / known.length);
    };
    const sentences = [
      unshown === 0
        ? 'Shown: all classes to forget, and of the others those that lost most.'
        : `Shown: as many classes as fit. ${quantity(unshown, 'class', 'classes')} to forget not shown went from ${mean(left.filter(({ index }) => this.#forgotten.has(index)).map(({ before }) => before))} to ${mean(left.filter(({ index }) => this.#forgotten.has(index)).map(({ after }) => after))} on average.`,
      retained.length === 0
        ? ''
        : `${quantity(retained.length, 'other class', 'other classes')} not shown went from ${mean(retained.map(({ before }) => before))} to ${mean(retained.map(({ after }) => after))} on average.`,
      'The attached JSON lists every class.',
    ];
    return sentences.filter((sentence) => sentence !== '').join(' ');
  }

  #run(): void {
    const {
      case: ofCase,
      model,
      forget,
      classes,
      recipe,
      data,
      reads,
      seconds,
      machine,
    } = this.#certificate;
    const { accelerator, preprocessing, accuracy, account, recipeReason, peakBytes } =
      this.#certificate;
    const sum = (counts: readonly number[]): number =>
      counts.reduce((total, one) => total + one, 0);
    const readsOf = (phase: string): number[] =>
      Object.hasOwn(reads, phase) ? reads[phase] : classes.map(() => 0);
    const readIn = (...phases: string[]): number => sum(phases.flatMap(readsOf));
    const toMeasure = sum(forget.map(({ index }) => readsOf('measure')[index]));
    const tested = sum(forget.map(({ index }) => classes[index].testImages));
    this.#section('What was done', 60);
    this.#row('Case', `${ofCase.id}, ${timesText(ofCase.started, ofCase.finished)}`);
    this.#row(
      'Model',
      `${this.#shortened(model.name, 120)}. ${this.#shortened(model.architecture, 160)}; ${quantity(model.parameters, 'parameter', 'parameters')}, ${quantity(classes.length, 'class', 'classes')}, format ${model.format}`,
    );
    this.#row(forget.length === 1 ? 'Class to forget' : 'Classes to forget', this.#forgetList());
    this.#row(
      'Method',
      `Recipe "${recipe.name}", seed ${String(recipe.seed)}, preprocessing ${preprocessing.name}.${recipeReason === null ? '' : ` ${recipeReason}`}`,
    );
    this.#row(
      'Retain sample',
      `${quantity(sum(data.retainSample), 'image', 'images')} of ${quantity(classes.length - forget.length, 'class', 'classes')} to keep, from ${data.source === 'idx' ? 'IDX files' : 'image folders'}`,
    );
    this.#row(
      'Read while erasing',
      `${quantity(readIn('noise', 'impair', 'repair', 'unlearn'), 'image', 'images')}, ${countText(this.#certificate.imagesReadOfForgetClasses)} of classes to forget`,
    );
    this.#row(
      'Measured on',
      `${quantity(sum(data.testImages), 'test image', 'test images')} (${countText(readIn('measure'))} reads); of classes to forget, ${countText(tested)} (${countText(toMeasure)} reads)`,
    );
    const { impaired } = accuracy;
    if (impaired !== null) {
      this.#row(
        'Between the phases',
        `after impair and before repair: classes to forget ${percentText(impaired.forget)}, others ${percentText(impaired.retain)}`,
      );
    }
    if (account.length > 0) this.#row('Decided in the run', account.join(' '));
    this.#row(
      'Computed by',
      `Lethe ${this.#certificate.software}, accelerator ${accelerator.name} ${accelerator.version} ${deviceText(accelerator)}, self-test ${accelerator.selfTest.passed ? 'passed' : 'failed'}; ` +
        `${machine.processor}, ${quantity(machine.cores, 'core', 'cores')}, ${bytesText(machine.memoryBytes)} memory, ${machine.system}`,
    );
    this.#row(
      'Took',
      `${phaseTimes(seconds)}; ${durationText(seconds.total)} in all, measuring included, at most ${bytesText(peakBytes)} of memory`,
    );
  }

  #forgetList(): string {
    const { forget } = this.#certificate;
    const shown = forget
      .slice(0, 6)
      .map(({ name, index }) => `${this.#shortened(name, 60)} (class ${String(index)})`);
    const more = forget.length - shown.length;
    return `${shown.join(', ')}${more > 0 ? `, and ${countText(more)} more in the attached JSON` : ''}`;
  }

  /** Each with its word, so that it tells without colour. */
  #findings(): void {
    const { findings } = this.#certificate;
    if (findings.length === 0) return;
    this.#section('What was measured', 60);
    for (const finding of findings) {
      const style = finding.outcome === 'not-measured' ? styles.soft : styles.strong;
      this.#row(outcomeOf(finding), findingText(finding), style);
    }
  }

  /** All on one page, under the chart when there is room. */
  #limits(): void {
    const { limits } = this.#certificate;
    const heights = limits.map((limit) => this.#bulletHeight(limit));
    this.#section(
      'What the figures mean, and what they do not',
      heights.reduce((sum, height) => sum + height, 0),
    );
    for (const limit of limits) this.#bullet(limit);
  }

  #fingerprints(): void {
    const { model, data, ledger, timeSource, issued } = this.#certificate;
    this.#section('Fingerprints', 60);
    const rows = [
      ['Model before', model.sha256Before],
      ['Model after', model.sha256After],
      ['Data', data.digest],
      [`Ledger entry ${String(ledger.entry.sequence)}`, ledger.entry.hash],
      ['Ledger key', ledger.fingerprint],
    ] as const;
    for (const [label, digest] of rows) this.#row(label, digest.replace(/.{16}/g, '$& ').trim());
    this.#row('Ledger', ledger.origin);
    this.#row('Issued', `${timeText(issued)}, time ${timeSource}`);
  }

  #checking(): void {
    this.#section('How to check this certificate', 60);
    this.#bullet(
      '"lethe certificate verify <this file>" tells, without a network, whether one byte of this PDF was changed since it was signed; with --ledger <folder> and --model <file>, also whether they are those it is about.',
    );
    this.#bullet(
      'The same certificate is attached to this PDF as JSON (RFC 8785), with an Ed25519 signature that other programs can check.',
    );
    this.#bullet(
      'The key is only as good as your knowledge of whose it is: compare its fingerprint above with one that you got another way.',
    );
    if (this.#hasBoxes()) {
      this.#bullet(
        '\uFFFD stands for a character that the fonts of this document do not have, or that is not meant to be seen; the attached JSON has it.',
      );
    }
  }

  #hasBoxes(): boolean {
    const { classes, model, machine } = this.#certificate;
    return [...classes.map(({ name }) => name), model.name, model.architecture, machine.processor]
      .flatMap((text) => fontRuns(text, 'inter', 400))
      .some(({ font }) => font === null);
  }

  #footers(): void {
    const { start, count } = this.#document.bufferedPageRange();
    for (let number = 1; number <= count; number++) {
      this.#document.switchToPage(start + number - 1);
      this.#rule(page.left, page.footer - 14, page.right, page.footer - 14);
      this.#typesetter.line(
        `Lethe certificate ${this.#certificate.id}`,
        page.left,
        page.footer,
        styles.small,
      );
      this.#typesetter.lineToRight(
        `Page ${String(number)} of ${String(count)}`,
        page.right,
        page.footer,
        styles.small,
      );
    }
  }

  // ------------------------------------------------------------------------------------------- parts

  /** @param height of what must stay with the heading on one page */
  #section(heading: string, height: number): void {
    this.#y += sectionGap;
    this.#room(headingHeight + height);
    this.#typesetter.line(heading, page.left, this.#y + 11, styles.heading);
    this.#y += headingHeight;
  }

  #row(label: string, value: string | readonly Span[], labelStyle: TextStyle = styles.soft): void {
    const spans = typeof value === 'string' ? bodyText(value) : value;
    const height = this.#typesetter.heightOf(spans, width - labelWidth);
    this.#room(height + 7);
    this.#rule(page.left, this.#y, page.right, this.#y);
    this.#typesetter.line(label, page.left, this.#y + 3 + labelStyle.size, labelStyle);
    this.#typesetter.paragraph(spans, page.left + labelWidth, this.#y + 3, width - labelWidth);
    this.#y += height + 5;
  }

  #bullet(text: string): void {
    const height = this.#bulletHeight(text);
    this.#room(height);
    this.#document.circle(page.left + 2, this.#y + 6.2, 1.3).fill(colours.accent);
    this.#typesetter.paragraph(bodyText(text), page.left + indent, this.#y, width - indent);
    this.#y += height;
  }

  #bulletHeight(text: string): number {
    return this.#typesetter.heightOf(bodyText(text), width - indent) + 3;
  }

  #paragraph(spans: readonly Span[]): void {
    this.#y += this.#typesetter.paragraph(spans, page.left, this.#y, width);
  }

  #rule(fromX: number, fromY: number, toX: number, toY: number): void {
    this.#document
      .moveTo(fromX, fromY)
      .lineTo(toX, toY)
      .lineWidth(0.6)
      .strokeColor(colours.line)
      .stroke();
  }

  /** @param most characters */
  #shortened(text: string, most: number): string {
    const characters = [...new Intl.Segmenter('en').segment(text)];
    if (characters.length <= most) return text;
    return `${characters
      .slice(0, most - 1)
      .map(({ segment }) => segment)
      .join('')}…`;
  }

  #room(height: number): void {
    if (this.#y + height > page.bottom) this.#nextPage();
  }

  #nextPage(): void {
    this.#document.addPage();
    this.#y = page.top;
  }
}

const verdicts = {
  PASS: { word: 'pass', colour: colours.pass, wash: colours.passWash },
  FAIL: { word: 'fail', colour: colours.fail, wash: colours.failWash },
  INCONCLUSIVE: { word: 'inconclusive', colour: colours.unsure, wash: colours.unsureWash },
} as const;

type Finding = Certificate['findings'][number];

function outcomeOf({ outcome, required }: Finding): string {
  if (outcome === 'pass') return 'Pass';
  if (outcome === 'fail') return 'Fail';
  return required ? 'Open, and needed' : 'Open';
}

/** The sentence, and smaller what is behind it. */
function findingText({ sentence, measurement, threshold, absence }: Finding): Span[] {
  const interval =
    measurement === null || measurement.interval[0] === measurement.interval[1]
      ? ''
      : ` 95% interval: ${measurement.interval.map((end) => figureText(end, measurement.unit)).join(' to ')}, from ${countText(measurement.samples)}.`;
  const demand =
    threshold === null
      ? ''
      : ` Asked for, before the run: ${threshold.direction === 'at-most' ? 'at most' : 'at least'} ${figureText(threshold.limit, measurement?.unit ?? 'ratio')}. ${threshold.reason}`;
  const reason = absence === undefined || absence.why === sentence ? '' : ` ${absence.why}`;
  const behind = `${interval}${demand}${reason}`;
  return [...bodyText(sentence), { text: behind, style: styles.small }];
}

function figureText(value: number, unit: string): string {
  if (unit === 'percent') return percentText(value);
  if (unit === 'points') return `${value.toFixed(1)} points`;
  if (unit === 'steps') return quantity(value, 'step', 'steps');
  return unit === 'bits' ? `${value.toFixed(3)} bits` : value.toPrecision(3);
}

function phaseTimes({ noise, impair, repair, unlearn }: Certificate['seconds']): string {
  return Object.entries({ noise, impair, repair, unlearn })
    .flatMap(([phase, seconds]) =>
      seconds === undefined ? [] : [`${phase} ${durationText(seconds)}`],
    )
    .join(', ');
}

function bodyText(text: string): Span[] {
  return [{ text, style: styles.body }];
}

function deviceText({ threads, device }: Certificate['accelerator']): string {
  if (device === undefined || device.kind === 'cpu')
    return `with ${quantity(threads, 'thread', 'threads')}`;
  if (device.kind === 'gpu') return `on the graphics card ${device.name}`;
  return `on a graphics card imitated by the processor (${device.name})`;
}
