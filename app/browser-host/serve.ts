import { calls, type Contract } from '../contract/contract.ts';
import { Dispatcher, type Log } from '../contract/dispatcher.ts';
import type { KeyProtection } from '../ledger/key-protection.ts';
import { Services } from '../services/services.ts';
import { BrowserHost } from './browser-host.ts';

export interface ServeOptions {
  /** Of ledger, cases and settings. */
  readonly folder: string;
  readonly version: string;
  readonly protection: KeyProtection | null;
  /** The built renderer. */
  readonly rendererFolder: string;
  readonly port: number;
  readonly log: Log;
}

/** Lethe in a browser of this machine. */
export interface Served {
  readonly host: BrowserHost;
  readonly services: Services;
  readonly close: () => Promise<void>;
}

export async function serve(options: ServeOptions): Promise<Served> {
  const { folder, version, protection, rendererFolder, port, log } = options;
  let host: BrowserHost | null = null;
  const services = new Services({
    folder,
    version,
    protection,
    host: {
      kind: 'browser',
      choosePath: () => Promise.resolve(null),
      showDocument: (path) => Promise.resolve(host?.offer(path) ?? null),
      tell: (note) => host?.broadcast(note),
    },
  });
  host = await BrowserHost.start({
    rendererFolder,
    port,
    answer: (origin, message) => dispatcher.answer(origin, message),
  });
  const dispatcher = new Dispatcher<Contract>(calls, services.handlers, {
    origin: host.origin,
    log,
  });
  return {
    host,
    services,
    close: async () => {
      await services.close();
      await host.close();
    },
  };
}
