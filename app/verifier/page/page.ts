import { linesOf } from '../lines.ts';
import { formatMemory, parseMemory, withLedger, type RememberedLedger } from '../memory.ts';
import { fileDigest, folderDigest } from '../model-digest.ts';
import { verify, type Material, type Outcome, type Report } from '../verifier.ts';
import { words, type Language } from '../words.ts';
import { pageWords } from './page-words.ts';

/* The verifier as a page. It holds no state but what is in its fields, and shows what it is given as text only. */

type Child = Node | string;

function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Partial<HTMLElementTagNameMap[Tag]> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

const main = document.querySelector('main') ?? document.body;
let language: Language = navigator.language.startsWith('de') ? 'de' : 'en';
let last: Report | null = null;

// The fields stay as they are when the language changes.
const fields = {
  certificate: element('input', { id: 'certificate', type: 'file', accept: '.pdf,.json' }),
  model: element('input', { id: 'model', type: 'file', multiple: true }),
  fingerprint: element('input', { id: 'fingerprint', type: 'text', spellcheck: false }),
  ledgerExport: element('input', { id: 'ledgerExport', type: 'file' }),
  checkpoint: element('input', { id: 'checkpoint', type: 'file' }),
  growth: element('input', { id: 'growth', type: 'file', multiple: true }),
} as const;
const more = element('details');
const result = element('section', { id: 'result' });
result.setAttribute('aria-live', 'polite');
const check = element('button', { className: 'main', type: 'button' });

function render(): void {
  const say = pageWords[language];
  document.documentElement.lang = language;
  document.title = `${say.title} – Lethe`;
  check.textContent = say.check;
  more.replaceChildren(
    element('summary', {}, say.more),
    field('model', say.model, say.modelHint),
    field('fingerprint', say.fingerprint, say.fingerprintHint),
    field('ledgerExport', say.ledgerExport, say.ledgerExportHint),
    field('checkpoint', say.checkpoint, say.checkpointHint),
    field('growth', say.growth, say.growthHint),
  );
  main.replaceChildren(
    element('header', {}, element('p', { className: 'brand' }, 'Lethe'), languageButtons()),
    element('h1', {}, say.title),
    element('p', { className: 'lead' }, say.lead),
    element(
      'div',
      { className: 'sheet' },
      field('certificate', say.certificate, say.certificateHint),
      more,
      element('p', { className: 'actions' }, check),
    ),
    result,
    footer(),
  );
  if (last === null) result.replaceChildren();
  else show(last);
}

function languageButtons(): HTMLElement {
  const buttons = (['en', 'de'] as const).map((other) => {
    const button = element(
      'button',
      { className: 'plain', type: 'button', lang: other },
      other === 'en' ? 'English' : 'Deutsch',
    );
    button.setAttribute('aria-pressed', String(other === language));
    button.addEventListener('click', () => {
      language = other;
      // What is shown is in the old language, and made of what may have changed.
      const again = last !== null;
      last = null;
      render();
      document.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus();
      if (again) void carryOut();
    });
    return button;
  });
  return element('div', { className: 'languages' }, ...buttons);
}

function field(name: keyof typeof fields, label: string, hint: string): HTMLElement {
  const input = fields[name];
  input.setAttribute('aria-describedby', `${name}-hint`);
  return element(
    'div',
    { className: 'field' },
    element('label', { htmlFor: name }, label),
    input,
    element('p', { className: 'soft', id: `${name}-hint` }, hint),
  );
}

function footer(): HTMLElement {
  const say = pageWords[language];
  const remembered = readMemory();
  const forget = element('button', { className: 'plain', type: 'button' }, say.forget);
  forget.addEventListener('click', () => {
    localStorage.removeItem(memoryName);
    forget.replaceWith(element('p', { className: 'soft' }, say.forgotten));
  });
  return element(
    'footer',
    {},
    element('p', { className: 'soft' }, say.offline),
    element('p', { className: 'soft' }, remembered === null ? say.cannotRemember : say.remembers),
    ...(remembered !== null && remembered.length > 0 ? [forget] : []),
  );
}

// ------------------------------------------------------------------------------------------ checking

async function carryOut(): Promise<void> {
  const say = pageWords[language];
  check.disabled = true;
  result.replaceChildren(element('p', {}, say.checking));
  try {
    const remembered = readMemory();
    last = await verify(await materialWith(remembered), words[language]);
    if (last.remember !== null && remembered !== null) {
      localStorage.setItem(memoryName, formatMemory(withLedger(remembered, last.remember)));
    }
    show(last);
  } catch (thrown) {
    last = null;
    result.replaceChildren(element('p', {}, `${say.unreadable} ${String(thrown)}`));
  }
  check.disabled = false;
}

async function materialWith(remembered: readonly RememberedLedger[] | null): Promise<Material> {
  const [certificate] = filesIn('certificate');
  const [checkpoint] = filesIn('checkpoint');
  const [ledgerExport] = filesIn('ledgerExport');
  const model = filesIn('model');
  const fingerprint = fields.fingerprint.value.replaceAll(/\s/g, '').toLowerCase();
  return {
    certificate: new Uint8Array(await certificate.arrayBuffer()),
    growth: await Promise.all(filesIn('growth').map((file) => file.text())),
    remembered,
    ...(checkpoint === undefined ? {} : { checkpoint: await checkpoint.text() }),
    ...(ledgerExport === undefined ? {} : { ledgerExport: linesOf(piecesOf(ledgerExport)) }),
    ...(model.length === 0 ? {} : { model: await modelDigest(model) }),
    ...(fingerprint === '' ? {} : { fingerprint }),
  };
}

function filesIn(name: Exclude<keyof typeof fields, 'fingerprint'>): File[] {
  return Array.from(fields[name].files ?? []);
}

function modelDigest(files: readonly File[]): Promise<string> {
  const [first] = files;
  if (files.length === 1 && first.name !== 'model.json') return fileDigest(piecesOf(first));
  return folderDigest((name) => {
    const file = files.find((one) => one.name === name);
    if (file === undefined) throw new Error(name);
    return piecesOf(file);
  });
}

/** Not every browser lets a stream be read by a loop. */
async function* piecesOf(file: File): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
}

// ------------------------------------------------------------------------------------------ the report

const looks: Readonly<Record<Outcome, string>> = {
  refused: 'false',
  open: 'open',
  proved: 'proved',
  'not-asked': 'unasked',
};

function show({ verdict, subject, checks, unknowable }: Report): void {
  const { verdict: verdicts, headings } = words[language];
  const sections = (['refused', 'open', 'proved', 'not-asked'] as const).map((outcome) =>
    section(
      looks[outcome],
      headings[outcome],
      checks.filter((one) => one.outcome === outcome).map(({ sentence }) => sentence),
    ),
  );
  const told = element('h2', { tabIndex: -1 }, verdicts[verdict]);
  result.replaceChildren(
    element(
      'div',
      { className: `verdict ${verdict}` },
      told,
      ...(subject === null ? [] : [element('p', {}, `${subject.id}. ${subject.says}`)]),
    ),
    ...sections.flat(),
    ...section('unknowable', headings.unknowable, unknowable),
  );
  told.focus();
}

function section(look: string, heading: string, sentences: readonly string[]): HTMLElement[] {
  if (sentences.length === 0) return [];
  const items = sentences.map((sentence) => element('li', {}, sentence));
  return [element('h2', {}, heading), element('ul', { className: look }, ...items)];
}

// ------------------------------------------------------------------------------------------ memory

const memoryName = 'lethe-verify';

/** @returns null where the browser keeps nothing for this page */
function readMemory(): RememberedLedger[] | null {
  try {
    const text = localStorage.getItem(memoryName);
    return text === null ? [] : parseMemory(text);
  } catch {
    return null;
  }
}

// ------------------------------------------------------------------------------------------ the start

fields.certificate.addEventListener('change', () => {
  check.disabled = fields.certificate.files?.length !== 1;
});
check.disabled = true;
check.addEventListener('click', () => void carryOut());
render();
