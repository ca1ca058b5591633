import type { Choosing } from '../../app/contract/paths.ts';
import type { App } from './app.svelte.ts';

/** The choice of a file or folder of this computer: in the system's dialog where the app has a window, else in one of our own. */
export class PathChoice {
  readonly #app: App;
  readonly #what: () => Choosing;
  readonly #whenChosen: (path: string) => void;
  /** The dialog of our own is open. */
  isBrowsing = $state(false);

  constructor(app: App, what: () => Choosing, whenChosen: (path: string) => void) {
    this.#app = app;
    this.#what = what;
    this.#whenChosen = whenChosen;
  }

  get what(): Choosing {
    return this.#what();
  }

  async begin(): Promise<void> {
    if (this.#app.application?.host !== 'window') {
      this.isBrowsing = true;
      return;
    }
    await this.#app.trying(async () => {
      const path = await this.#app.client.ask('paths.choose', { what: this.what });
      if (path !== null) this.#whenChosen(path);
    });
  }

  /** What was found in the dialog of our own. */
  take(path: string): void {
    this.isBrowsing = false;
    this.#whenChosen(path);
  }
}
