import { setImmediate } from 'node:timers/promises';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { GraphicsCard } from './graphics-card.ts';

type Values = Awaited<ReturnType<WebGPUBackend['read']>>;
type RunParameters = Parameters<WebGPUBackend['runWebGPUProgram']>;

/**
 * tfjs' backend, made to tell of failures: by itself it goes on after one, and gives zeros. Tensors are read with `data()`
 * only, because reading without a promise needs a browser's canvas.
 */
export class WebgpuBackend extends WebGPUBackend {
  readonly #card: GraphicsCard;

  constructor(card: GraphicsCard) {
    super(card.device, card.adapterInfo);
    this.#card = card;
    // Where a matrix product has few rows and columns, tfjs would split its sums over workgroups, and add the parts up in
    // whatever order they come: another result each time.
    this.thresholdToIncreaseWorkgroups = 0;
  }

  override runWebGPUProgram(...parameters: RunParameters): TensorInfo {
    this.#card.check();
    const output = super.runWebGPUProgram(...parameters);
    this.#card.check();
    return output;
  }

  override async read(dataId: object): Promise<Values> {
    this.#card.check();
    let values: Values;
    try {
      values = await super.read(dataId);
    } catch (error) {
      // The news that the card is lost may be a moment behind.
      await setImmediate();
      this.#card.check();
      throw error;
    }
    this.#card.check();
    return values;
  }

  override dispose(): void {
    super.dispose();
    this.#card.close();
  }
}
