import {
  emptyDetails,
  type CaseDetails,
  type CaseView,
  type DetailsCheck,
} from '../../app/contract/cases.ts';
import type { Client } from '../../app/contract/client.ts';
import type { Contract } from '../../app/contract/contract.ts';
import type { Settings } from '../../app/contract/settings.ts';
import type {
  DataView,
  ImageSettings,
  ModelView,
  RunSettings,
  RunState,
  SurveyView,
} from '../../app/contract/work.ts';
import { thingsNamed, type Things } from '../messages/words.ts';
import { today } from './days.ts';
import { Loadable } from './loadable.svelte.ts';
import { matchClasses } from './class-match.ts';
import { steps, type Step } from './route.ts';

interface Surroundings {
  readonly client: Client;
  readonly settings: Settings;
}

/** Settings of a run as they are on the screen: the model to compare with may not be chosen yet. */
interface ChosenSettings extends Omit<RunSettings, keyof ImageSettings | 'reference'> {
  reference: 'none' | 'given' | 'retrained';
  /** A path. */
  referenceModel: string | null;
}

/** What is being done for one case: what the officer enters, and what the engine says of it. */
export class CaseWork {
  readonly #client: Client;
  /** Null until it is entered. */
  view = $state.raw<CaseView | null>(null);
  /** As they are on the screen. */
  details = $state<CaseDetails>(emptyDetails);
  check = $state.raw<DetailsCheck | null>(null);
  readonly model = new Loadable<ModelView>();
  readonly data = new Loadable<DataView>();
  readonly survey = new Loadable<SurveyView>();
  readonly says = new Loadable<Contract['runs.show']['result']>();
  images = $state<ImageSettings>({ resize: false, preprocessing: null });
  settings = $state<ChosenSettings>({
    recipe: null,
    reference: 'none',
    referenceModel: null,
    relearning: true,
    shadowModels: null,
    seed: 0,
    accelerator: null,
  });
  run = $state.raw<RunState | null>(null);

  private constructor({ client }: Surroundings) {
    this.#client = client;
  }

  static begin(around: Surroundings): CaseWork {
    const work = new CaseWork(around);
    const { controller, officer, law, twoPersonSignOff } = around.settings;
    work.details = {
      ...structuredClone(emptyDetails),
      received: today(),
      controller,
      officer,
      law,
      twoPersonSignOff,
    };
    void work.checkDetails();
    return work;
  }

  static async open(around: Surroundings, id: string): Promise<CaseWork> {
    const work = new CaseWork(around);
    work.take(await around.client.ask('cases.read', { case: id }));
    work.run = await around.client.ask('runs.read', { case: id });
    void work.checkDetails();
    void work.lookAtWhatIsThere();
    return work;
  }

  get id(): string | null {
    return this.view?.id ?? null;
  }

  /** Whether details can still be changed. */
  readonly isOpen = $derived(
    this.view === null ||
      ['draft', 'ready', 'interrupted', 'review', 'rejected'].includes(this.view.state),
  );

  /** Whether it was closed otherwise than by an erasure. */
  readonly isEndedWithoutErasing = $derived(
    this.view !== null && this.view.closing !== null && this.view.closing.outcome !== 'erased',
  );

  readonly isChanged = $derived(
    (this.view?.details ?? null) !== null &&
      JSON.stringify($state.snapshot(this.details)) !== JSON.stringify(this.view?.details),
  );

  /** The last run, as it is on record. */
  readonly lastRun = $derived(this.view?.runs.at(-1) ?? null);
  readonly isRunning = $derived(this.run !== null && this.run.state !== 'ended');

  /** Of the model, in its order. */
  readonly classNames = $derived(
    this.survey.value?.classNames ??
      this.model.value?.info.classNames ??
      this.view?.classNames ??
      this.data.value?.info.classNames ??
      [],
  );
  readonly things: Things = $derived(thingsNamed(this.classNames));
  readonly match = $derived(
    this.model.value && this.data.value
      ? matchClasses(this.model.value.info, this.data.value.info)
      : null,
  );

  /** Whether all that a step builds on is there. */
  isReachable(step: Step): boolean {
    const { model, data, forget } = this.details;
    if (this.isEndedWithoutErasing && step !== 'request' && step !== 'review') return false;
    switch (step) {
      case 'request':
        return true;
      case 'model':
        return this.view !== null;
      case 'data':
        return this.isReachable('model') && model !== '';
      case 'classes':
        return this.isReachable('data') && data !== '';
      case 'run':
        return this.isReachable('classes') && forget.length > 0;
      case 'review':
        return this.lastRun?.outcome === 'finished';
      case 'certificate':
        return this.isReachable('review') && this.view?.state !== 'rejected';
    }
  }

  isDone(step: Step): boolean {
    switch (step) {
      case 'request':
        return this.view !== null && this.view.missing.length === 0;
      case 'run':
        return this.lastRun?.outcome === 'finished';
      case 'review':
        return this.view?.state === 'accepted' || this.view?.closing?.outcome === 'erased';
      case 'certificate':
        return (this.view?.certificates.length ?? 0) > 0 && this.isDone('review');
      case 'model':
        return this.details.model !== '';
      case 'data':
        return this.details.data !== '';
      case 'classes':
        return this.details.forget.length > 0;
    }
  }

  /** Where the officer goes on. */
  get nextStep(): Step {
    if (this.isEndedWithoutErasing) return 'request';
    if (this.isRunning) return 'run';
    return steps.find((step) => this.isReachable(step) && !this.isDone(step)) ?? 'certificate';
  }

  take(view: CaseView): void {
    this.view = view;
    if (view.details !== null) this.details = structuredClone(view.details);
  }

  takeRun(run: RunState): void {
    const hasEnded = run.state === 'ended' && this.run?.state !== 'ended';
    this.run = run;
    if (hasEnded) void this.refresh();
  }

  async refresh(): Promise<void> {
    if (this.id === null) return;
    this.says.clear();
    this.take(await this.#client.ask('cases.read', { case: this.id }));
  }

  /** Writes what was entered: the first time, that opens the case. */
  async save(): Promise<void> {
    const details = $state.snapshot(this.details);
    const { id } = this;
    if (id === null) this.take(await this.#client.ask('cases.create', { details }));
    else if (this.isChanged) {
      this.take(await this.#client.ask('cases.change', { case: id, details }));
    }
  }

  async checkDetails(): Promise<void> {
    const details = $state.snapshot(this.details);
    this.check = await this.#client.ask('cases.check', { details });
  }

  async chooseModel(path: string): Promise<void> {
    this.survey.clear();
    const model = await this.model.load(() => this.#client.ask('models.inspect', { path }));
    if (model === null) return;
    if (this.details.model !== model.path) this.details.forget = [];
    this.details.model = model.path;
    this.#surveyIfPossible();
  }

  async chooseData(path: string): Promise<void> {
    this.survey.clear();
    const data = await this.data.load(() => this.#client.ask('data.preview', { path }));
    if (data === null) return;
    this.details.data = data.path;
    this.#surveyIfPossible();
  }

  /** Has the model look at the pictures: how it wants them, and how many it recognises. */
  async lookAtPictures(): Promise<void> {
    const { model, data } = this.details;
    const images = $state.snapshot(this.images);
    await this.survey.load(() => this.#client.ask('data.survey', { model, data, ...images }));
  }

  /** What a case that is opened again has chosen already. */
  async lookAtWhatIsThere(): Promise<void> {
    const { model, data } = this.details;
    await Promise.all([
      model === '' ? null : this.chooseModel(model),
      data === '' ? null : this.chooseData(data),
    ]);
  }

  toggle(name: string): void {
    const { forget } = this.details;
    this.details.forget = forget.includes(name)
      ? forget.filter((other) => other !== name)
      : [...forget, name];
  }

  /** Whether a model to compare with was promised, but not chosen. */
  readonly lacksReference = $derived(
    this.settings.reference === 'given' && this.settings.referenceModel === null,
  );

  async startRun(): Promise<void> {
    if (this.id === null) return;
    const { reference: kind, referenceModel: path, ...chosen } = $state.snapshot(this.settings);
    const given = path === null ? null : { kind: 'given' as const, path };
    const reference = kind === 'retrained' ? { kind } : kind === 'given' ? given : null;
    const settings = { ...$state.snapshot(this.images), ...chosen, reference };
    this.run = await this.#client.ask('runs.start', { case: this.id, settings });
    await this.refresh();
  }

  async stopRun(): Promise<void> {
    if (this.id !== null) await this.#client.ask('runs.cancel', { case: this.id });
  }

  async showPictures(): Promise<void> {
    const { id } = this;
    if (id !== null) await this.says.load(() => this.#client.ask('runs.show', { case: id }));
  }

  #surveyIfPossible(): void {
    if (this.match?.strangers.length === 0 && this.match.misfit === null)
      void this.lookAtPictures();
  }
}
