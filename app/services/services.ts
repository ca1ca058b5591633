import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openCases, type Cases } from '../cases/cases.ts';
import type { RunFile } from '../cases/case-file.ts';
import type { CaseRun } from '../cases/case-record.ts';
import { today } from '../cases/plain-date.ts';
import { issueCertificate } from '../certificate/issue.ts';
import type { HandlerTable, Note } from '../contract/call.ts';
import { emptyDetails, type CaseDetails, type CaseView } from '../contract/cases.ts';
import type { Application, Contract, EventName, Events } from '../contract/contract.ts';
import type { BadEntry, LedgerStatus } from '../contract/ledger.ts';
import type { Choosing } from '../contract/paths.ts';
import type { Settings } from '../contract/settings.ts';
import { EngineHost, type EngineProgram } from '../engine-host/engine-host.ts';
import { readUserText } from '../files/user-files.ts';
import type { RunStarted } from '../ledger/entry.ts';
import { passphraseProtection, unprotected, type KeyProtection } from '../ledger/key-protection.ts';
import { readLedger } from '../ledger/ledger.ts';
import { checkedEvidence } from '../ledger/time-evidence.ts';
import { readSettings, writeSettings } from '../settings/settings.ts';
import { asError, ProblemError, toProblem, type Problem } from '../../engine/protocol/problem.ts';
import { caseSummaryOf, caseViewOf, checkOf } from './case-views.ts';
import { certificatesOf, copyInto, erasedModel, issuedCertificate } from './documents.ts';
import {
  badEntryIn,
  checkLedger,
  entryViewOf,
  exportCheckpoint,
  identityOf,
} from './ledger-views.ts';
import { findByName, listFolder } from './paths.ts';
import { Runs } from './runs.ts';

const ownSample = fileURLToPath(new URL('../sample', import.meta.url));

/** Cases in a menu. */
const mostRecent = 8;

/** What differs between the hosts that these services are offered by. */
export interface Host {
  readonly kind: Application['host'];
  /** By the system's own dialog; null where it was closed, or there is none. */
  readonly choosePath: (what: Choosing) => Promise<string | null>;
  /** @returns an address of the host's own to open, or null where the system's viewer shows it */
  readonly showDocument: (path: string) => Promise<string | null>;
  /** Tells every window. */
  readonly tell: (note: Note) => void;
  readonly settingsChanged?: () => void;
}

export interface ServicesOptions {
  /** Of ledger, cases and settings; made when missing. */
  readonly folder: string;
  readonly version: string;
  readonly host: Host;
  /** How the ledger's key is kept; null: without protection, or as the officer says when they are asked for the passphrase. */
  readonly protection: KeyProtection | null;
  /** Where the engine and the sample project are, if not beside these sources. */
  readonly engine?: EngineProgram | undefined;
  readonly sampleFolder?: string | undefined;
}

/** The ledger and all that rests on it, once it is open. */
interface Opened {
  readonly cases: Cases;
  readonly runs: Runs;
}

/** All that the renderer can ask for, carried out. One process has one, and it is the ledger's one writer. */
export class Services {
  readonly handlers: HandlerTable<Contract>;
  readonly #options: ServicesOptions;
  /** A run takes one engine for its whole time; the other one answers meanwhile. */
  readonly #runEngine: EngineHost;
  readonly #lookingEngine: EngineHost;
  readonly #sample: string;
  #settings: Settings;
  #current: Opened | null = null;
  /** Why the ledger could not be opened; null where it could, or waits for its passphrase. */
  #failure: { readonly problem: Problem; readonly badEntry: BadEntry | null } | null = null;
  #verification: Pick<LedgerStatus, 'verified' | 'fault'> = { verified: null, fault: null };

  constructor(options: ServicesOptions) {
    this.#options = options;
    // The window stays quick while they compute.
    this.#runEngine = new EngineHost({ givesWay: true }, options.engine);
    this.#lookingEngine = new EngineHost({ givesWay: true }, options.engine);
    this.#sample = options.sampleFolder ?? ownSample;
    this.#settings = readSettings(options.folder);
    const { protection } = options;
    if (protection?.name === 'passphrase' || !isLockedByPassphrase(options.folder)) {
      this.#open(protection ?? unprotected);
    }
    this.handlers = this.#makeHandlers();
  }

  /** Why the ledger could not be opened; null where it could, or waits for its passphrase. */
  get problem(): Problem | null {
    return this.#failure?.problem ?? null;
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** Whether a run is under way. */
  get isAtWork(): boolean {
    return this.#current?.runs.isAtWork === true;
  }

  /** The cases that were worked on last, the newest first. */
  recentCases(): { readonly id: string; readonly name: string }[] {
    const cases = this.#current?.cases.list() ?? [];
    return cases
      .toSorted((one, other) => other.changed.localeCompare(one.changed))
      .slice(0, mostRecent)
      .map(({ id, details }) => {
        const request = details?.request.trim() ?? '';
        return { id, name: request === '' ? id : request };
      });
  }

  /** A run that is under way is stopped, and the ledger says so. */
  async close(): Promise<void> {
    this.#lookingEngine.close();
    await this.#current?.runs.stop();
    this.#current?.cases.close();
  }

  #open(protection: KeyProtection): void {
    const { folder, version } = this.#options;
    try {
      const cases = openCases(folder, version, { protection });
      const runs = new Runs({
        cases,
        engine: this.#runEngine,
        accelerator: () => this.#settings.accelerator,
        changed: (state) => {
          this.#tell('run-changed', state);
        },
        caseChanged: () => {
          this.#tellChange();
        },
      });
      this.#current = { cases, runs };
      this.#failure = null;
    } catch (thrown) {
      this.#failure = { problem: toProblem(thrown), badEntry: badEntryIn(folder) };
    }
  }

  /** @throws ProblemError `ledger-failed` while it is locked or could not be opened */
  get #opened(): Opened {
    if (this.#current !== null) return this.#current;
    if (this.#failure !== null) throw asError(this.#failure.problem);
    throw new ProblemError('ledger-failed', 'The ledger is locked. Give its passphrase first.');
  }

  #makeHandlers(): HandlerTable<Contract> {
    const { folder, host } = this.#options;
    return {
      'application.read': () => this.#application(),
      'application.unlock': ({ passphrase }) => {
        this.#open(passphraseProtection(passphrase));
        if (this.#failure?.badEntry === null) {
          const { problem } = this.#failure;
          this.#failure = null;
          throw asError(problem);
        }
        return this.#application();
      },

      'settings.read': () => this.#settings,
      'settings.write': (settings) => {
        writeSettings(folder, settings);
        this.#settings = settings;
        host.settingsChanged?.();
        return settings;
      },
      'accelerators.examine': () =>
        this.#lookingEngine.run<'accelerators'>({ type: 'accelerators' }),

      'paths.list': ({ folder: asked }) => listFolder(asked),
      'paths.find': ({ name, kind }) => findByName(name, kind),
      'paths.choose': ({ what }) => host.choosePath(what),

      'cases.list': () =>
        this.#opened.cases
          .list()
          .map((record) => caseSummaryOf(record, join(this.#sample, 'model'), today())),
      'cases.read': ({ case: id }) => this.#view(id),
      'cases.check': ({ details }) => checkOf(details),
      'cases.create': ({ details }) => this.#changed(this.#opened.cases.open(details)),
      'cases.create-sample': () => this.#changed(this.#opened.cases.open(this.#sampleDetails())),
      'cases.change': ({ case: id, details }) => {
        this.#opened.cases.change(id, details);
        return this.#changed(id);
      },
      'cases.sign': ({ case: id, role }) => {
        this.#opened.cases.signOff(id, role);
        return this.#changed(id);
      },
      'cases.reject': ({ case: id, role, reason }) => {
        this.#opened.cases.reject(id, role, reason);
        return this.#changed(id);
      },
      'cases.reopen': ({ case: id, state, reason }) => {
        this.#opened.cases.reopen(id, state, reason);
        return this.#changed(id);
      },
      'cases.close': ({ case: id, outcome, reason }) => {
        this.#opened.cases.closeCase(id, outcome, reason);
        return this.#changed(id);
      },

      'cases.forget': ({ case: id }) => {
        this.#opened.cases.forget(id);
        return this.#changed(id);
      },

      'models.inspect': async ({ path }) => {
        const { model } = await this.#lookingEngine.run<'inspect'>({
          type: 'inspect',
          model: path,
        });
        return { name: modelName(path), path, info: model };
      },
      'data.preview': async ({ path }) => {
        const notices: string[] = [];
        const { data, thumbnails } = await this.#lookingEngine.run<'preview'>(
          { type: 'preview', data: path, thumbnailsPerClass: 1 },
          { notice: (sentence) => notices.push(sentence) },
        );
        return { name: basename(path), path, info: data, thumbnails, notices };
      },
      'data.survey': async ({ model, data, resize, preprocessing }) => {
        const notices: string[] = [];
        const survey = await this.#lookingEngine.run<'survey'>(
          {
            type: 'survey',
            model,
            data,
            resize,
            preprocessing,
            seed: 0,
            accelerator: this.#settings.accelerator,
          },
          { notice: (sentence) => notices.push(sentence) },
        );
        return { ...survey, notices };
      },

      'runs.start': ({ case: id, settings }) => {
        const state = this.#opened.runs.start(id, settings);
        this.#tellChange();
        return state;
      },
      'runs.read': ({ case: id }) => this.#opened.runs.state(id),
      'runs.cancel': ({ case: id }) => {
        this.#opened.runs.cancel(id);
        return null;
      },
      'runs.show': ({ case: id }) => this.#showAnswers(id),

      'certificates.issue': async ({ case: id }) => {
        const { cases } = this.#opened;
        const language = this.#settings.language === 'de' ? 'de' : 'en';
        await issueCertificate(cases, id, this.#runOf(id).file.output, language);
        return this.#changed(id);
      },
      'certificates.show': ({ case: id, certificate, form }) => {
        const { pdf } = issuedCertificate(this.#runOf(id).file.output, certificate, form);
        return host.showDocument(pdf);
      },
      'certificates.save': ({ case: id, certificate, what, folder: target }) => {
        const { output } = this.#runOf(id).file;
        if (what === 'checkpoint') {
          return [exportCheckpoint(this.#opened.cases.ledger, target)];
        }
        if (what === 'model') return copyInto(target, [erasedModel(output)]);
        const { pdf, json } = issuedCertificate(output, certificate, what);
        return copyInto(target, [pdf, json]);
      },

      'ledger.status': () => this.#status(),
      'ledger.verify': ({ checkpoint }) => {
        const kept = checkpoint === null ? null : readUserText(checkpoint);
        const { verified, fault, disagreement } = checkLedger(folder, kept);
        this.#verification = { verified, fault };
        const status = this.#status();
        this.#tell('ledger-changed', status);
        return { ...status, disagreement };
      },
      'ledger.page': ({ before, count, case: id, kind }) =>
        this.#opened.cases.ledger
          .page({
            count,
            before: before ?? undefined,
            case: id ?? undefined,
            kind: kind ?? undefined,
          })
          .map(entryViewOf),
      'ledger.identify': () => identityOf(this.#opened.cases.ledger),
      'ledger.export-checkpoint': ({ folder: target }) =>
        exportCheckpoint(this.#opened.cases.ledger, target),
      'ledger.import-witnessed': async ({ path, witness }) => {
        const content = {
          kind: 'checkpoint-witnessed',
          case: null,
          payload: { checkpoint: readUserText(path), witness },
        } as const;
        const found = await checkedEvidence(content);
        if (typeof found === 'string') throw new ProblemError('bad-command', found);
        this.#opened.cases.ledger.addEvidence(content);
        this.#tellChange();
        return this.#status();
      },
      'ledger.protect': ({ passphrase }) => {
        const { ledger } = this.#opened.cases;
        ledger.rotateKey(passphrase === null ? unprotected : passphraseProtection(passphrase));
        this.#tellChange();
        return identityOf(ledger);
      },
    };
  }

  #application(): Application {
    const { folder, version, host } = this.#options;
    const ledger = this.#current !== null ? 'open' : this.#failure === null ? 'locked' : 'failed';
    return {
      version,
      host: host.kind,
      dataFolder: folder,
      ledger,
      problem: this.problem,
      badEntry: this.#failure?.badEntry ?? null,
      interrupted: [...(this.#current?.cases.interrupted ?? [])],
    };
  }

  #status(): LedgerStatus {
    const [newest] = this.#opened.cases.ledger.page({ count: 1 });
    return { entries: newest?.entry.sequence ?? 0, ...this.#verification };
  }

  #view(id: string): CaseView {
    const { cases } = this.#opened;
    return caseViewOf(cases.record(id), certificatesOf(cases.ledger.entries(id)));
  }

  /** @returns the case as it is now */
  #changed(id: string): CaseView {
    this.#tellChange();
    return this.#view(id);
  }

  #tellChange(): void {
    this.#tell('cases-changed', {});
    this.#tell('ledger-changed', this.#status());
  }

  #tell<Name extends EventName>(event: Name, content: Events[Name]): void {
    this.#options.host.tell({ event, content });
  }

  #sampleDetails(): CaseDetails {
    const { controller, officer, twoPersonSignOff } = this.#settings;
    return {
      ...emptyDetails,
      request: 'Sample request',
      received: today(),
      channel: 'form',
      law: 'gdpr',
      ground: 'Article 17(1)(b)',
      subject: 'SAMPLE-0001',
      controller: controller === '' ? 'Sample controller' : controller,
      officer: officer === '' ? 'Sample officer' : officer,
      twoPersonSignOff,
      reviewer: twoPersonSignOff ? 'Sample reviewer' : '',
      model: join(this.#sample, 'model'),
      data: join(this.#sample, 'pictures'),
    };
  }

  /** The last run of a case, which finished and whose names can be told. */
  #runOf(id: string): CaseRun & { readonly file: RunFile } {
    const run = this.#opened.cases.record(id).runs.at(-1);
    const file = run?.file ?? null;
    if (run?.outcome === 'finished' && file !== null) return { ...run, file };
    throw new ProblemError('bad-command', `Case ${id} has no finished run that could be shown.`);
  }

  /** What the original and the erased model say of the same pictures. */
  async #showAnswers(id: string): Promise<Contract['runs.show']['result']> {
    const { file, plan, forget } = this.#runOf(id);
    const request = {
      type: 'show',
      data: file.data,
      resize: true,
      preprocessing: preprocessingText(plan.preprocessing),
      seed: plan.recipe.seed,
      accelerator: this.#settings.accelerator,
      classes: forget.flatMap(({ name }) => name ?? []),
      imagesPerClass: Math.max(1, Math.min(6, Math.floor(12 / forget.length))),
    } as const;
    const before = await this.#lookingEngine.run<'show'>({ ...request, model: file.model });
    const after = await this.#lookingEngine.run<'show'>({
      ...request,
      model: erasedModel(file.output),
    });
    return { before, after };
  }
}

function isLockedByPassphrase(folder: string): boolean {
  try {
    const reader = readLedger(folder);
    try {
      return reader.protection() === 'passphrase';
    } finally {
      reader.close();
    }
  } catch {
    // There is none yet, or opening it says what is wrong with it.
    return false;
  }
}

/** A TensorFlow.js model is named after its folder. */
function modelName(path: string): string {
  return basename(path) === 'model.json' ? basename(dirname(path)) : basename(path);
}

/** As commands take it. */
function preprocessingText({ name, mean, std }: RunStarted['preprocessing']): string {
  return name === 'custom' ? `custom:mean=${mean.join(',')};std=${std.join(',')}` : name;
}
