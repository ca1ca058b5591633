import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { availableParallelism } from 'node:os';
import { answerSchema, type Answer, type Done, type Ready, type Request } from './answer.ts';

/** What a program is to compute, again and again. */
export interface Work {
  /** A network of models.py, and its file. */
  readonly model: string;
  readonly file: string;
  readonly batch: number;
}

export type Device = 'cpu' | 'cuda';

/** Why there is nothing to measure, as a sentence. */
export class NotMeasured extends Error {
  override readonly name = 'NotMeasured';
}

/** A measured program, in a process of its own, that works when it is told to. */
export class Program {
  readonly name: string;
  readonly ready: Ready;
  readonly #child: ChildProcess;
  readonly #answers: AsyncGenerator<Answer, undefined>;

  private constructor(
    name: string,
    ready: Ready,
    child: ChildProcess,
    answers: AsyncGenerator<Answer, undefined>,
  ) {
    this.name = name;
    this.ready = ready;
    this.#child = child;
    this.#answers = answers;
  }

  /**
   * Lethe's engine.
   * @param options.kernels whether it is to answer `kernels`, which makes it a little slower
   * @throws NotMeasured when it does not start
   */
  static ofLethe(
    accelerator: string,
    { file, batch }: Work,
    { kernels }: { kernels: boolean } = { kernels: false },
  ): Promise<Program> {
    const step = fileURLToPath(new URL('./step.ts', import.meta.url));
    return Program.#start(accelerator, process.execPath, [
      ...[step, '--accelerator', accelerator, '--model', file, '--batch', String(batch)],
      ...(kernels ? ['--kernels'] : []),
    ]);
  }

  /** @throws NotMeasured when it does not start */
  static ofPytorch(python: string, device: Device, { model, file, batch }: Work): Promise<Program> {
    const step = fileURLToPath(new URL('../speed_torch.py', import.meta.url));
    return Program.#start('PyTorch', python, [
      ...[step, '--on-request', '--model', model, '--weights', file, '--batch', String(batch)],
      ...['--device', device, '--threads', String(availableParallelism())],
    ]);
  }

  static async #start(name: string, command: string, parameters: string[]): Promise<Program> {
    const child = spawn(command, parameters, { stdio: ['pipe', 'pipe', 'pipe'] });
    const answers = answersOf(child);
    const { value } = await answers.next();
    if (value?.event === 'ready') return new Program(name, value, child, answers);
    child.kill();
    throw new NotMeasured(value?.event === 'failed' ? value.reason : 'It did not start.');
  }

  /** @throws NotMeasured when it cannot */
  async work(request: Request): Promise<Done> {
    this.#child.stdin?.write(`${request}\n`);
    const { value } = await this.#answers.next();
    if (value?.event === 'done') return value;
    throw new NotMeasured(value?.event === 'failed' ? value.reason : 'It gave no answer.');
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#child.once('exit', () => resolve());
    this.#child.stdin?.end();
    await promise;
  }
}

/** Its lines of JSON; where it ends without being told to, a last one with what it said on standard error. */
async function* answersOf(child: ChildProcess): AsyncGenerator<Answer, undefined> {
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const { promise, resolve } = Promise.withResolvers<string>();
  child.on('error', (error) => resolve(`It could not be started: ${error.message}.`));
  child.on('exit', (code, signal) => {
    const last = complaint.trimEnd().split('\n').at(-1) ?? '';
    resolve(last === '' ? `It ended with ${signal ?? `exit code ${String(code)}`}.` : last);
  });
  child.stdin?.on('error', () => undefined);
  if (child.stdout) {
    for await (const line of createInterface(child.stdout)) {
      // A library may say something of its own.
      if (line.startsWith('{')) yield answerSchema.parse(JSON.parse(line));
    }
  }
  yield { event: 'failed', reason: await promise };
  return undefined;
}
