import type { Client } from '../../../app/contract/client.ts';
import type { EntryView } from '../../../app/contract/ledger.ts';
import { Loadable } from '../../state/loadable.svelte.ts';

const entriesPerPage = 20;

interface Filter {
  readonly case: string | null;
  readonly kind: string | null;
}

interface Page {
  /** Newest first. */
  readonly entries: readonly EntryView[];
  readonly hasOlder: boolean;
}

/** The entries of the ledger, some at a time, the newest first. */
export class EntryPages {
  readonly #client: Client;
  readonly page = new Loadable<Page>();
  filter = $state.raw<Filter>({ case: null, kind: null });
  /** Where each page up to this one begins: only entries before it; null is the newest. */
  #starts = $state.raw<readonly (number | null)[]>([null]);

  constructor(client: Client) {
    this.#client = client;
  }

  readonly isNewest = $derived(this.#starts.length === 1);
  readonly isFiltered = $derived(this.filter.case !== null || this.filter.kind !== null);

  async load(): Promise<void> {
    const before = this.#starts.at(-1) ?? null;
    await this.page.load(async () => {
      // One more than is shown tells whether there are older ones.
      const found = await this.#client.ask('ledger.page', {
        before,
        count: entriesPerPage + 1,
        ...this.filter,
      });
      return {
        entries: found.slice(0, entriesPerPage),
        hasOlder: found.length > entriesPerPage,
      };
    });
  }

  async choose(change: Partial<Filter>): Promise<void> {
    this.filter = { ...this.filter, ...change };
    this.#starts = [null];
    await this.load();
  }

  async showOlder(): Promise<void> {
    const last = this.page.value?.entries.at(-1);
    if (last === undefined) return;
    this.#starts = [...this.#starts, last.sequence];
    await this.load();
  }

  async showNewer(): Promise<void> {
    this.#starts = this.#starts.slice(0, -1);
    await this.load();
  }

  async showNewest(): Promise<void> {
    this.#starts = [null];
    await this.load();
  }
}
