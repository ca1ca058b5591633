import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { homedir } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const inProject = (path: string): string =>
  fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** What `npm start` comes to where no window opens, without building anything anew. */
const program = `
  import { runInBrowser } from ${JSON.stringify(inProject('app/browser-host/run-in-browser.ts'))};
  process.exitCode = await runInBrowser(${JSON.stringify(inProject('dist/renderer'))});
`;

export interface StartOptions {
  /** Of the ledger's key. */
  readonly passphrase?: string;
  /** What is the account's home folder to it. */
  readonly home?: string;
  /** A program that starts it, and its parameters. */
  readonly under?: readonly string[];
}

/** Lethe in a process of its own, served to browsers of this machine. */
export class RunningLethe {
  readonly #child: ChildProcess;
  readonly #waiting: ((address: string) => void)[] = [];
  readonly #ended: Promise<unknown>;
  /** The first address that opens it. */
  readonly address: Promise<string>;
  /** What it wrote to its standard error. */
  complaints = '';

  /** @param folder of ledger, cases and settings */
  constructor(
    folder: string,
    { passphrase = '', home = homedir(), under = [] }: StartOptions = {},
  ) {
    const { DISPLAY: _x11, WAYLAND_DISPLAY: _wayland, ...env } = process.env;
    const [command = process.execPath, ...parameters] = [...under, process.execPath];
    this.#child = spawn(command, [...parameters, '--input-type=module', '--eval', program], {
      env: { ...env, HOME: home, LETHE_LEDGER: folder, LETHE_PASSPHRASE: passphrase },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#ended = once(this.#child, 'exit');
    this.address = this.#nextAddress();
    // One that is refused has none, and nobody need ask for it.
    this.address.catch(() => undefined);
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.complaints += chunk.toString();
    });
    if (this.#child.stdout === null) throw new Error('its output was asked for');
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      const address = /^Open Lethe at (http:\S+)$/.exec(line)?.[1];
      if (address !== undefined) this.#waiting.shift()?.(address);
    });
  }

  /** Of its process. */
  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('it could not be started');
    return this.#child.pid;
  }

  /** Another address, as pressing Enter gives one. */
  async newAddress(): Promise<string> {
    await this.address;
    const next = this.#nextAddress();
    this.#child.stdin?.write('\n');
    return next;
  }

  /** @returns the exit code of one that ends by itself */
  async ended(): Promise<number | null> {
    await this.#ended;
    return this.#child.exitCode;
  }

  /** Ends its engines, as a system does that is short of memory. */
  killEngines(): void {
    const { stdout } = spawnSync('ps', ['-o', 'pid=,args=', '--ppid', String(this.#child.pid)], {
      encoding: 'utf8',
    });
    for (const line of stdout.split('\n')) {
      const [, pid] = /^\s*(\d+) .*engine\/engine\.ts/.exec(line) ?? [];
      if (pid !== undefined) process.kill(Number(pid), 'SIGKILL');
    }
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null) this.#child.kill('SIGTERM');
    await this.#ended;
  }

  #nextAddress(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(resolve);
      void this.#ended.then(() => {
        reject(new Error(`Lethe ended: ${this.complaints}`));
      });
    });
  }
}
