import * as tf from '@tensorflow/tfjs-core';
import type { Kernel } from './answer.ts';

type Call = Parameters<tf.KernelFunc>[0];

/** Times the kernels of an accelerator, and tells which of their calls end in the kernels of `cpu`. */
export class KernelTimes {
  readonly #rows = new Map<string, { calls: number; milliseconds: number; fallback: boolean }>();
  /** Of the kernels under way, the innermost last: what those that they call have taken. */
  readonly #inner: number[] = [];
  #fellBack = false;

  /** Before the accelerator is started: it takes the kernels of `cpu` over as it finds them. */
  constructor() {
    rewrap('cpu', (compute) => (call) => {
      this.#fellBack = true;
      return compute(call);
    });
  }

  /** Once the accelerator is started. `cpu` itself has nothing to fall back on. */
  watch(accelerator: string): void {
    rewrap(accelerator, (compute, name) => (call) => {
      this.#fellBack = false;
      this.#inner.push(0);
      const started = performance.now();
      const outcome = compute(call);
      const milliseconds = performance.now() - started;
      const own = milliseconds - (this.#inner.pop() ?? 0);
      const outer = this.#inner.length - 1;
      if (outer >= 0) this.#inner[outer] += milliseconds;
      this.#record(`${name} ${shapesOf(call)}`, own, this.#fellBack && accelerator !== 'cpu');
      this.#fellBack = false;
      return outcome;
    });
  }

  /** What there was since the last time that this was asked. Most time first. */
  take(): Kernel[] {
    const kernels = Array.from(this.#rows, ([name, row]) => ({ name, ...row }));
    this.#rows.clear();
    return kernels.sort((left, right) => right.milliseconds - left.milliseconds);
  }

  #record(name: string, milliseconds: number, fallback: boolean): void {
    const row = this.#rows.get(name) ?? { calls: 0, milliseconds: 0, fallback: false };
    row.calls++;
    row.milliseconds += milliseconds;
    row.fallback ||= fallback;
    this.#rows.set(name, row);
  }
}

function rewrap(
  backend: string,
  wrap: (compute: tf.KernelFunc, name: string) => tf.KernelFunc,
): void {
  for (const kernel of tf.getKernelsForBackend(backend)) {
    tf.unregisterKernel(kernel.kernelName, backend);
    tf.registerKernel({ ...kernel, kernelFunc: wrap(kernel.kernelFunc, kernel.kernelName) });
  }
}

/** Of the inputs: "256×32×32×64, 3×3×64×64". */
function shapesOf({ inputs }: Call): string {
  return Object.values(inputs)
    .flatMap((input) => (Array.isArray(input) ? input : [input]))
    .flatMap((input: tf.TensorInfo | undefined) => (input ? [input.shape.join('×')] : []))
    .join(', ');
}
