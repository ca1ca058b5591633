import { createContext } from 'svelte';
import type { CaseSummary } from '../../app/contract/cases.ts';
import { toProblem, type Client, type Problem } from '../../app/contract/client.ts';
import type { Application } from '../../app/contract/contract.ts';
import type { LedgerStatus } from '../../app/contract/ledger.ts';
import { defaultSettings, type Settings } from '../../app/contract/settings.ts';
import { CaseWork } from './case-work.svelte.ts';
import { Language } from './language.svelte.ts';
import { Loadable } from './loadable.svelte.ts';
import type { Route, Step } from './route.ts';
import { applyTheme } from './theme.ts';

export const [useApp, provideApp] = createContext<App>();

/** All that the window knows, beside what is open of a case. */
export class App {
  readonly client: Client;
  readonly language = new Language();
  readonly cases = new Loadable<CaseSummary[]>();
  application = $state.raw<Application | null>(null);
  settings = $state.raw<Settings>(defaultSettings);
  ledger = $state.raw<LedgerStatus | null>(null);
  route = $state.raw<Route>({ screen: 'start' });
  /** The case that is open, or being entered. */
  work = $state.raw<CaseWork | null>(null);
  /** The app is gone: its window can do nothing any more. */
  isLost = $state(false);
  /** What the last thing asked for failed with, where no screen has a place for it. */
  problem = $state.raw<Problem | null>(null);
  /** For "2 minutes ago". */
  now = $state(Date.now());

  constructor(client: Client) {
    this.client = client;
    client.whenLost(() => {
      this.isLost = true;
    });
    client.listen({
      'cases-changed': () => {
        void this.refreshCases();
      },
      'ledger-changed': (status) => {
        this.ledger = status;
      },
      'run-changed': (run) => {
        if (this.work?.id === run.case) this.work.takeRun(run);
      },
      'screen-wanted': ({ screen, case: id }) => {
        if (this.application?.ledger !== 'open') return;
        if (screen === 'new') this.beginRequest();
        else if (screen === 'sample') void this.beginSample();
        else if (screen !== 'case') this.show({ screen });
        else if (id !== null) void this.openCase(id);
      },
    });
    setInterval(() => {
      this.now = Date.now();
    }, 30_000);
  }

  async start(): Promise<void> {
    this.settings = await this.client.ask('settings.read', {});
    this.#applySettings();
    this.application = await this.client.ask('application.read', {});
    if (this.application.ledger === 'open') await this.#enter();
  }

  /** @throws ProblemError when it is not the passphrase */
  async unlock(passphrase: string): Promise<void> {
    this.application = await this.client.ask('application.unlock', { passphrase });
    if (this.application.ledger === 'open') await this.#enter();
  }

  async #enter(): Promise<void> {
    await this.refreshCases();
    this.ledger = await this.client.ask('ledger.status', {});
    // Every start looks whether the ledger is as it was left.
    void this.verifyLedger();
  }

  /** @returns what does not agree with the checkpoint; null where nothing was found */
  async verifyLedger(checkpoint: string | null = null): Promise<string | null> {
    const { disagreement, ...status } = await this.client.ask('ledger.verify', { checkpoint });
    this.ledger = status;
    this.now = Date.now();
    return disagreement;
  }

  async refreshCases(): Promise<void> {
    await this.cases.load(() => this.client.ask('cases.list', {}));
  }

  async changeSettings(change: Partial<Settings>): Promise<void> {
    const before = this.settings;
    // At once: what is changed while this is being written is changed beside it, and does not undo it.
    this.settings = { ...before, ...change };
    this.#applySettings();
    const isWritten = await this.trying(async () => {
      await this.client.ask('settings.write', this.settings);
    });
    if (isWritten) return;
    this.settings = before;
    this.#applySettings();
  }

  show(route: Route): void {
    this.problem = null;
    if (route.screen !== 'case') this.work = null;
    this.route = route;
  }

  beginRequest(): void {
    this.work = CaseWork.begin(this);
    this.problem = null;
    this.route = { screen: 'new' };
  }

  async openCase(id: string, step?: Step): Promise<void> {
    await this.trying(async () => {
      const work = await CaseWork.open(this, id);
      this.work = work;
      this.route = { screen: 'case', step: step ?? work.nextStep };
    });
  }

  async beginSample(): Promise<void> {
    await this.trying(async () => {
      const { id } = await this.client.ask('cases.create-sample', {});
      await this.openCase(id, 'request');
    });
  }

  goTo(step: Step): void {
    this.problem = null;
    this.route = { screen: 'case', step };
  }

  /** Does something, and tells on the screen what it failed with. @returns whether it was done */
  async trying(action: () => Promise<void>): Promise<boolean> {
    this.problem = null;
    try {
      await action();
      return true;
    } catch (thrown) {
      this.problem = toProblem(thrown);
      return false;
    }
  }

  #applySettings(): void {
    applyTheme(this.settings.theme);
    this.language.choose(this.settings.language);
    document.documentElement.lang = this.language.locale;
  }
}
