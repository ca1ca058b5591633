import { unitSchema } from '../../engine/protocol/finding.ts';
import { parseCheckpoint } from '../ledger/checkpoint.ts';
import { fingerprintOf } from '../ledger/signing.ts';
import { spokenFingerprint } from '../ledger/spoken-fingerprint.ts';
import {
  chartCapacity,
  chartHeight,
  drawChart,
  drawLegend,
  selectClasses,
  type ClassAccuracy,
} from './accuracy-chart.ts';
import type { CertificateFile } from './certificate-file.ts';
import type { Figures } from './figures.ts';
import { colours, styles } from './look.ts';
import { titleOf, type Messages } from './messages/message-table.ts';
import { drawQrCode } from './qr-figure.ts';
import { page, pageWidth, plain, Sheet, type Cell, type Paragraph } from './sheet.ts';
import { Typesetter, type Span } from './typesetter.ts';

/** What a document is written in. */
export interface Tongue {
  readonly messages: Messages;
  readonly figures: Figures;
}

/** Draws all pages of a certificate. */
export function drawCertificate(
  document: PDFKit.PDFDocument,
  file: CertificateFile,
  tongue: Tongue,
): void {
  new Pages(document, file, tongue).draw();
}

const labelWidth = 122;
const labelled = [labelWidth, pageWidth - labelWidth] as const;
/** Characters of what somebody typed: the attached JSON has all of it. */
const longest = { inLead: 42, inRow: 160, inText: 700 } as const;
const qrCodeSize = 96;
/** Those that change weights. */
const erasingPhases = ['noise', 'impair', 'unlearn', 'repair'];

const nothingEntered = { received: null, due: null, law: null, channel: null, extended: null };

const verdictLooks = {
  PASS: { colour: colours.pass, wash: colours.passWash },
  FAIL: { colour: colours.fail, wash: colours.failWash },
  INCONCLUSIVE: { colour: colours.unsure, wash: colours.unsureWash },
} as const;

type Finding = NonNullable<CertificateFile['certificate']['result']['findings']>[number];

class Pages {
  readonly #document: PDFKit.PDFDocument;
  readonly #typesetter: Typesetter;
  readonly #sheet: Sheet;
  readonly #file: CertificateFile;
  readonly #words: Messages;
  readonly #figures: Figures;
  readonly #classes: readonly ClassAccuracy[];
  readonly #forgotten: readonly number[];

  constructor(document: PDFKit.PDFDocument, file: CertificateFile, tongue: Tongue) {
    this.#document = document;
    this.#typesetter = new Typesetter(document);
    this.#sheet = new Sheet(document, this.#typesetter);
    this.#file = file;
    this.#words = tongue.messages;
    this.#figures = tongue.figures;
    const { plan, result } = file.certificate;
    this.#forgotten = plan.forget.map(({ index }) => index);
    this.#classes = result.after.perClass.map((after, index) => ({
      index,
      name: this.#className(index),
      isForgotten: this.#forgotten.includes(index),
      before: result.before.perClass[index] ?? null,
      after,
    }));
  }

  draw(): void {
    this.#masthead();
    this.#lead();
    this.#verdict();
    this.#threeFigures();
    this.#chart();
    this.#request();
    this.#findings();
    this.#meaning();
    this.#attacks();
    this.#outside();
    this.#done();
    this.#reads();
    this.#fingerprints();
    this.#proof();
    this.#checking();
    const { id } = this.#file.certificate;
    this.#sheet.footers((number, count) => [
      `Lethe · ${this.#words.certificateNumber(id)}`,
      this.#words.pageOf(number, count),
    ]);
    this.#sheet.end();
  }

  // ------------------------------------------------------------------------------ the first page

  #masthead(): void {
    const { certificate, names } = this.#file;
    const sheet = this.#sheet;
    const top = sheet.y;
    sheet.artifact(() => {
      this.#typesetter.line('Lethe', page.left, top + 10, styles.brand);
    });
    sheet.part('P', () => {
      const numbers = [
        [this.#words.caseNumber(certificate.case.id), styles.smallStrong],
        [this.#words.certificateNumber(certificate.id), styles.small],
        ...(names === null ? [[this.#words.withoutNames, styles.smallStrong] as const] : []),
      ] as const;
      numbers.forEach(([text, style], place) => {
        this.#typesetter.lineToRight(text, page.right, top + 3 + 11 * place, style);
      });
    });
    sheet.y += 62;
    sheet.part('H1', () => {
      this.#typesetter.line(this.#words.title, page.left, sheet.y, styles.title);
    });
    sheet.y += 16;
  }

  #lead(): void {
    const { certificate, names } = this.#file;
    const { result } = certificate;
    const shown = this.#forgotten
      .slice(0, 3)
      .map((index) => shortened(this.#className(index), longest.inLead));
    const more = this.#forgotten.length - shown.length;
    const read = result.imagesReadOfForgetClasses;
    const phrases = this.#words.lead({
      date: this.#figures.date(certificate.time.finished),
      model: names && shortened(names.model, longest.inLead),
      forget: shown,
      more: more > 0 ? this.#figures.count(more) : null,
      forgetCount: this.#forgotten.length,
      forgetCountText: this.#figures.count(this.#forgotten.length),
      classCountText: this.#figures.count(this.#classes.length),
      read,
      readText: this.#figures.count(read),
    });
    this.#sheet.paragraph(
      phrases.map((phrase): Span =>
        typeof phrase === 'string'
          ? { text: phrase, style: styles.lead }
          : { text: phrase.strong, style: styles.leadStrong },
      ),
    );
    this.#sheet.y += 14;
  }

  #verdict(): void {
    const { statements, result } = this.#file.certificate;
    const value = result.verdict?.value ?? 'INCONCLUSIVE';
    const { colour, wash } = verdictLooks[value];
    const sheet = this.#sheet;
    const inset = 14;
    const text = plain(statements.verdict);
    const height = this.#typesetter.heightOf(text, pageWidth - 2 * inset) + 38;
    const top = sheet.y;
    sheet.artifact(() => {
      this.#document.roundedRect(page.left, top, pageWidth, height, 5).fill(wash);
      this.#document.rect(page.left, top, 3, height).fill(colour);
    });
    sheet.part('H2', () => {
      this.#typesetter.line(
        this.#words.verdictIs[value],
        page.left + inset,
        top + 20,
        styles.heading,
      );
    });
    sheet.part('P', () => {
      this.#typesetter.paragraph(text, page.left + inset, top + 28, pageWidth - 2 * inset);
    });
    sheet.y += height + 18;
  }

  #threeFigures(): void {
    const { result } = this.#file.certificate;
    const words = this.#words.figures;
    const [erased, kept] = [this.#forgotten.length, this.#classes.length - this.#forgotten.length];
    const cells = [
      {
        label: words.forgotten(erased, this.#figures.count(erased)),
        figure: this.#percent(result.after.forget),
        note: words.before(this.#percent(result.before.forget)),
      },
      {
        label: words.others(kept, this.#figures.count(kept)),
        figure: this.#percent(result.after.retain),
        note: words.before(this.#percent(result.before.retain)),
      },
      {
        label: words.read,
        figure: this.#figures.count(result.imagesReadOfForgetClasses),
        note: words.whileErasing,
      },
    ];
    const sheet = this.#sheet;
    const top = sheet.y;
    const width = pageWidth / cells.length;
    cells.forEach(({ label, figure, note }, place) => {
      const x = page.left + place * width + (place === 0 ? 0 : 14);
      if (place > 0) {
        sheet.artifact(() => {
          sheet.rule(x - 14, top, x - 14, top + 46);
        });
      }
      sheet.part('P', () => {
        this.#typesetter.line(label, x, top + 8, styles.small);
        this.#typesetter.line(figure, x, top + 29, styles.figure);
        this.#typesetter.line(note, x, top + 44, styles.small);
      });
    });
    sheet.y += 46 + 26;
  }

  #chart(): void {
    const sheet = this.#sheet;
    const words = this.#words.chart;
    const text = { typesetter: this.#typesetter, words, figures: this.#figures };
    const noteHeight = 30;
    sheet.part('H2', () => {
      this.#typesetter.line(words.heading, page.left, sheet.y, styles.heading);
    });
    const headingY = sheet.y;
    sheet.y += 16;
    const room = page.bottom - sheet.y;
    const whole = selectClasses(this.#classes, chartCapacity(room));
    const height = whole.left.length === 0 ? room : room - noteHeight;
    const selection = selectClasses(this.#classes, chartCapacity(height));
    const area = { x: page.left, y: sheet.y, width: pageWidth, height };
    const alternative = selection.shown.map(({ name, before, after, isForgotten }) =>
      words.row(
        shortened(name, longest.inRow),
        this.#percent(before),
        this.#percent(after),
        isForgotten,
      ),
    );
    const used = chartHeight(selection, height);
    sheet.figure(alternative.join(' '), used, () => {
      drawLegend(this.#document, text, page.right, headingY);
      drawChart(this.#document, text, selection, area);
    });
    sheet.y += used + 4;
    if (selection.left.length > 0) {
      sheet.paragraph(plain(this.#leftOut(selection.left), styles.small));
    }
  }

  #leftOut(left: readonly ClassAccuracy[]): string {
    const words = this.#words.chart;
    const mean = (values: readonly (number | null)[]): string => {
      const known = values.filter((value) => value !== null);
      return this.#percent(
        known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length,
      );
    };
    const means = (classes: readonly ClassAccuracy[]): [string, string] => [
      mean(classes.map(({ before }) => before)),
      mean(classes.map(({ after }) => after)),
    ];
    const erased = left.filter(({ isForgotten }) => isForgotten);
    const others = left.filter(({ isForgotten }) => !isForgotten);
    return [
      erased.length === 0
        ? [words.allForgotten]
        : [
            words.asManyAsFit,
            words.leftForgotten(this.#figures.count(erased.length), ...means(erased)),
          ],
      others.length === 0
        ? []
        : [words.leftOthers(others.length, this.#figures.count(others.length), ...means(others))],
      [words.listedInJson],
    ]
      .flat()
      .join(' ');
  }

  // ------------------------------------------------------------------------------ what follows it

  #request(): void {
    const { certificate, names } = this.#file;
    const { request, state, signOffs, closed } = certificate.case;
    const words = this.#words.request;
    this.#sheet.heading(this.#words.headings.request, 60);
    const { received, due, law, channel, extended } = request?.onRecord ?? nothingEntered;
    if (received === null && law === null && (names?.request ?? '') === '') {
      this.#sheet.paragraph(plain(words.nothingEntered));
      this.#sheet.y += 4;
    }
    const date = (day: string | null): string | null => day && this.#figures.date(day);
    const signed = signOffs.map(({ role, time }, place) =>
      [names?.signOffs[place], words.roles[role], this.#figures.time(time)]
        .filter((part) => typeof part === 'string')
        .join(', '),
    );
    const { labels } = words;
    this.#rows([
      [labels.reference, names?.request],
      [labels.received, joined(date(received), channel && (words.channels[channel] ?? channel))],
      [labels.due, joined(date(due), extended && words.extended, names?.extension ?? null)],
      [labels.law, joined(law && words.laws[law], names?.ground ?? null)],
      [labels.subject, names?.subject],
      [labels.controller, names?.controller],
      [labels.officer, names?.officer],
      [labels.reviewer, names?.reviewer],
      [
        labels.state,
        closed === null
          ? (words.states[state] ?? state)
          : `${words.states.closed ?? state} ${words.outcomes[closed.outcome] ?? closed.outcome}, ${this.#figures.time(closed.time)}`,
      ],
      [labels.signed, signed.length === 0 ? words.notSigned : signed.join('; ')],
    ]);
  }

  /** Each with its word, so that it tells without colour. */
  #findings(): void {
    const { plan, result, ledger } = this.#file.certificate;
    const findings = result.findings ?? [];
    if (findings.length === 0) return;
    const words = this.#words.findings;
    const baselines = new Map(plan.thresholds?.limits.map((limit) => [limit.name, limit]) ?? []);
    this.#sheet.heading(this.#words.headings.measured, 90);
    this.#sheet.paragraph(plain(words.fixedBefore(ledger.started.sequence), styles.small));
    this.#sheet.y += 4;
    const { columns } = words;
    this.#sheet.table(
      [84, 184, 120, pageWidth - 388],
      findings.map((finding) => [
        [{ spans: plain(this.#outcomeOf(finding), outcomeStyle(finding)) }],
        this.#findingCell(finding, baselines.get(finding.name)),
        this.#measuredCell(finding),
        this.#limitCell(finding),
      ]),
      [columns.outcome, columns.finding, columns.value, columns.limit],
    );
  }

  #outcomeOf({ outcome, required }: Finding): string {
    const { outcomes } = this.#words.findings;
    if (outcome !== 'not-measured') return outcomes[outcome];
    return required ? outcomes.openNeeded : outcomes.open;
  }

  #findingCell(
    { name, sentence, measurement, absence }: Finding,
    baseline: { readonly original: number | null; readonly reference: number | null } | undefined,
  ): Cell {
    const words = this.#words.findings;
    const told = titleOf(words.titles, name);
    const unit = measurement?.unit ?? 'ratio';
    const compared =
      typeof baseline?.original !== 'number' || measurement === null
        ? ''
        : ` ${words.baselines(
            this.#value(baseline.original, unit),
            baseline.reference === null ? null : this.#value(baseline.reference, unit),
          )}`;
    const cell: Paragraph[] =
      told === null
        ? [{ spans: plain(sentence), language: 'en' }]
        : [
            { spans: plain(told.title, styles.strong) },
            { spans: plain(`${told.asks}${compared}`, styles.small) },
          ];
    if (absence === undefined) return cell;
    const reason = words.reason(absence.why);
    const spans = plain(reason.text, styles.smallInk);
    return [...cell, reason.isEnglish ? { spans, language: 'en' } : { spans }];
  }

  #measuredCell({ measurement }: Finding): Cell {
    const words = this.#words.findings;
    if (measurement === null) return [{ spans: plain(this.#words.notMeasured, styles.soft) }];
    const { value, unit, interval, samples } = measurement;
    const [low, high] = interval.map((end) => this.#value(end, unit));
    const isExact = interval[0] === interval[1];
    return [
      { spans: plain(this.#value(value, unit), styles.strong) },
      { spans: plain(isExact ? words.exact : words.interval(low, high), styles.small) },
      { spans: plain(words.samples(this.#figures.count(samples)), styles.small) },
    ];
  }

  #limitCell({ threshold, measurement }: Finding): Cell {
    const words = this.#words.findings;
    if (threshold === null) return [{ spans: plain(words.noLimit, styles.soft) }];
    const limit = this.#value(threshold.limit, measurement?.unit ?? 'ratio');
    const basis = words.basis[threshold.basis] ?? threshold.basis;
    return [
      {
        spans: plain(
          threshold.direction === 'at-most' ? words.atMost(limit) : words.atLeast(limit),
        ),
      },
      { spans: plain(basis, styles.small) },
    ];
  }

  #meaning(): void {
    const { limits, residualRisk } = this.#file.certificate.statements;
    const items = [...limits, ...residualRisk].map((text) => plain(text));
    this.#sheet.heading(this.#words.headings.meaning, this.#sheet.listHeight(items.slice(0, 2)));
    this.#sheet.list(items);
  }

  #attacks(): void {
    const { attacks } = this.#file.certificate.statements;
    const words = this.#words.attacks;
    this.#sheet.heading(this.#words.headings.attacks, 90);
    this.#sheet.paragraph(plain(words.source, styles.small));
    this.#sheet.y += 4;
    this.#sheet.table(
      [122, 78, pageWidth - 200],
      attacks.map(({ attack, run, why }) => [
        [{ spans: plain(words.names[attack], styles.strong) }],
        [{ spans: plain(run ? words.run : words.notRun) }],
        [{ spans: plain(why, styles.smallInk) }],
      ]),
      [words.columns.attack, words.columns.run, words.columns.why],
    );
  }

  #outside(): void {
    const { certificate, names } = this.#file;
    const words = this.#words.request;
    const items = certificate.statements.outside.map((text) => plain(text));
    this.#sheet.heading(this.#words.headings.outside, this.#sheet.listHeight(items.slice(0, 2)));
    this.#sheet.list(items);
    if (names === null || names.recipients.length + names.locations.length === 0) return;
    this.#sheet.y += 4;
    this.#rows([
      ...names.recipients.map(
        ({ name, notified, remark }) =>
          [
            words.labels.recipients,
            joined(
              name,
              notified === null ? words.notNotified : words.notified(this.#figures.date(notified)),
              remark,
            ),
          ] as const,
      ),
      ...names.locations.map(
        ({ kind, place, decision }) =>
          [
            words.locationKinds[kind] ?? kind,
            joined(place, decision.trim() === '' ? words.undecided : decision),
          ] as const,
      ),
    ]);
  }

  #done(): void {
    const { certificate, names } = this.#file;
    const { plan, result, time, software, language } = certificate;
    const words = this.#words.done;
    const { labels } = words;
    const figures = this.#figures;
    const sum = (counts: readonly number[]): number =>
      counts.reduce((total, one) => total + one, 0);
    const { recipe, recipeReason, preprocessing, accelerator, machine, data, model } = plan;
    const { selfTest } = accelerator;
    const isEnglish = language === 'en';
    const quoted = (text: string): Paragraph => ({
      spans: plain(isEnglish ? text : `${words.inEnglish}“${text}”`, styles.body),
      ...(isEnglish ? {} : { language: 'en' }),
    });
    this.#sheet.heading(this.#words.headings.done, 60);
    this.#rows([
      [labels.run, words.fromTo(figures.time(time.started), figures.time(time.finished))],
      [
        labels.model,
        joined(
          names && shortened(names.model, longest.inRow),
          shortened(model.architecture, longest.inRow),
          words.model(
            figures.count(model.parameters),
            figures.count(model.classCount),
            model.format,
          ),
        ),
      ],
      [labels.forget, this.#forgetList()],
      [
        labels.method,
        [
          {
            spans: plain(words.method(recipe.name, String(recipe.seed), preprocessing.name)),
          },
          ...(typeof recipeReason === 'string' ? [quoted(recipeReason)] : []),
        ],
      ],
      [
        labels.retainSample,
        words.retainSample(
          figures.count(sum(data.retainSample)),
          figures.count(plan.retainClasses),
          words.sources[data.source] ?? data.source,
        ),
      ],
      [
        labels.between,
        result.impaired &&
          words.between(
            this.#percent(result.impaired.forget),
            this.#percent(result.impaired.retain),
          ),
      ],
      [
        labels.account,
        (result.account ?? []).length === 0 ? null : [quoted((result.account ?? []).join(' '))],
      ],
      [
        labels.computedBy,
        words.computedBy({
          software: plan.software,
          accelerator: `${accelerator.name} ${accelerator.version}`,
          device: this.#device(),
          selfTest: selfTest.passed,
          processor: machine.processor,
          cores: machine.cores,
          memory: figures.bytes(machine.memoryBytes),
          system: machine.system,
        }),
      ],
      [
        labels.took,
        words.took(
          Object.entries(result.seconds).flatMap(([phase, seconds]) =>
            phase === 'total' || seconds === undefined
              ? []
              : [`${words.phases[phase] ?? phase} ${figures.duration(seconds)}`],
          ),
          figures.duration(result.seconds.total),
          figures.bytes(result.peakBytes),
        ),
      ],
      [labels.issuedBy, words.issuedBy(software.version)],
    ]);
  }

  #device(): string {
    const { threads, device } = this.#file.certificate.plan.accelerator;
    const words = this.#words.done;
    if (device === undefined || device.kind === 'cpu') return words.threads(threads);
    return device.kind === 'gpu'
      ? words.graphicsCard(device.name)
      : words.imitatedCard(device.name);
  }

  #forgetList(): string {
    const { names } = this.#file;
    const words = this.#words.done;
    const shown = this.#forgotten.slice(0, 6).map((index) => {
      const number = words.classNumber(index);
      return names === null ? number : `${shortened(this.#className(index), 60)} (${number})`;
    });
    const more = this.#forgotten.length - shown.length;
    return [...shown, ...(more > 0 ? [words.moreInJson(this.#figures.count(more))] : [])].join(
      ', ',
    );
  }

  #reads(): void {
    const { result } = this.#file.certificate;
    const words = this.#words.reads;
    const { phases } = this.#words.done;
    const sum = (counts: readonly number[]): number =>
      counts.reduce((total, one) => total + one, 0);
    this.#sheet.heading(this.#words.headings.reads, 60);
    const rank = (phase: string): number =>
      phases[phase] === undefined ? Infinity : Object.keys(phases).indexOf(phase);
    const rows = Object.entries(result.reads)
      .sort(([one], [other]) => rank(one) - rank(other))
      .map(([phase, counts]) =>
        [
          phases[phase] ?? phase,
          this.#figures.count(sum(counts)),
          this.#figures.count(sum(this.#forgotten.map((index) => counts[index] ?? 0))),
        ].map((text, place): Cell => [
          { spans: plain(text, place === 0 ? styles.soft : styles.body) },
        ]),
      );
    const erased = erasingPhases.flatMap((phase) => result.reads[phase] ?? []);
    const erasing: Cell[] = [
      words.whileErasing,
      this.#figures.count(sum(erased)),
      this.#figures.count(result.imagesReadOfForgetClasses),
    ].map((text) => [{ spans: plain(text, styles.strong) }]);
    this.#sheet.table(
      [labelWidth, 100, pageWidth - labelWidth - 100],
      [...rows, erasing],
      [words.columns.phase, words.columns.images, words.columns.ofForget],
    );
  }

  #fingerprints(): void {
    const { certificate, signature } = this.#file;
    const { plan, result, software, names } = certificate;
    const words = this.#words.fingerprints;
    this.#sheet.heading(this.#words.headings.fingerprints, 60);
    this.#rows([
      [words.before, grouped(plan.model.sha256)],
      [words.after, grouped(result.erased.sha256)],
      [words.reference, typeof plan.reference === 'string' ? grouped(plan.reference) : null],
      [words.data, grouped(plan.data.digest)],
      [words.build, grouped(software.build)],
      [words.names, names === null ? words.noNames : grouped(names)],
      [words.key, grouped(fingerprintOf(signature.publicKey))],
    ]);
  }

  #proof(): void {
    const { certificate, record } = this.#file;
    const { ledger, time, issued } = certificate;
    const words = this.#words.proof;
    const sheet = this.#sheet;
    const issuing = record.entries[record.entries.length - 1].entry;
    const size = parseCheckpoint(record.checkpoint)?.size ?? issuing.sequence;
    sheet.heading(this.#words.headings.proof, 60);
    this.#rows([
      [words.ledger, ledger.origin],
      [
        words.entries,
        words.entriesAre(
          this.#figures.count(ledger.started.sequence),
          this.#figures.count(ledger.finished.sequence),
          this.#figures.count(issuing.sequence),
          this.#figures.count(size),
        ),
      ],
      [
        words.time,
        time.evidence === null
          ? words.asserted
          : words.evidence(time.evidence.by, this.#figures.time(time.evidence.time)),
      ],
      [words.issued, this.#figures.time(issued)],
      [words.checkpoint, this.#checkpointLines(record.checkpoint)],
      [words.spoken, spokenFingerprint(record.checkpoint)],
    ]);
    sheet.room(qrCodeSize + 8);
    const top = sheet.y + 4;
    sheet.figure(words.qrCodeSays, qrCodeSize + 4, () => {
      drawQrCode(this.#document, record.checkpoint, page.left + labelWidth - 8, top, qrCodeSize);
    });
    sheet.y += qrCodeSize + 8;
  }

  #checkpointLines(checkpoint: string): Cell {
    return checkpoint
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => ({ spans: plain(line, styles.smallInk) }));
  }

  #checking(): void {
    const items = this.#words.checking.map((text) => plain(text));
    this.#sheet.heading(this.#words.headings.checking, this.#sheet.listHeight(items));
    this.#sheet.list(items);
    if (this.#typesetter.hasBoxes) this.#sheet.list([plain(this.#words.boxes)]);
  }

  // ------------------------------------------------------------------------------ parts

  /** Rows of a label and what it is; those without anything are left out. */
  #rows(
    rows: readonly (readonly [label: string, value: string | Cell | null | undefined])[],
  ): void {
    const filled = rows.flatMap(([label, value]) =>
      value === undefined || value === null || (typeof value === 'string' && value.trim() === '')
        ? []
        : [[label, value] as const],
    );
    this.#sheet.table(
      labelled,
      filled.map(([label, value]) => [
        [{ spans: plain(label, styles.soft) }],
        typeof value === 'string' ? [{ spans: plain(shortened(value, longest.inText)) }] : value,
      ]),
    );
  }

  #className(index: number): string {
    return this.#file.names?.classes[index] ?? this.#words.chart.classNumber(index);
  }

  #percent(value: number | null): string {
    return value === null ? this.#words.notMeasured : this.#figures.percent(value);
  }

  /** @param unit as it is on record, which can be that of another version */
  #value(value: number, unit: string): string {
    const known = unitSchema.safeParse(unit);
    if (!known.success) return this.#figures.number(value, 3);
    if (known.data === 'percent') return this.#figures.percent(value);
    const figure = this.#figures.figure(value, known.data);
    return known.data === 'area' || known.data === 'ratio'
      ? figure
      : this.#words.findings.units[known.data](figure);
  }
}

function outcomeStyle({ outcome }: Finding): (typeof styles)['strong' | 'soft'] {
  return outcome === 'not-measured' ? styles.soft : styles.strong;
}

/** Parts that there are, as a list. */
function joined(...parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part.trim() !== '').join('; ');
}

function grouped(digest: string): string {
  return digest.replace(/.{16}/g, '$& ').trim();
}

/** @param most characters as people count them */
function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const segments = new Intl.Segmenter('en').segment(text.slice(0, 16 * most));
  const characters = Array.from(segments, ({ segment }) => segment);
  if (characters.length <= most && text.length <= 16 * most) return text;
  return `${characters.slice(0, most - 1).join('')}…`;
}
