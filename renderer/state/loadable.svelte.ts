import { toProblem, type Problem } from '../../app/contract/client.ts';

export type Phase = 'idle' | 'loading' | 'ready' | 'failed';

/** Something that takes time to get: what there is of it, and what went wrong. */
export class Loadable<Value> {
  phase = $state<Phase>('idle');
  value = $state.raw<Value | null>(null);
  problem = $state.raw<Problem | null>(null);
  #attempt = 0;

  /** What was there before is kept until the new one is; of two at a time, the later one counts. */
  async load(get: () => Promise<Value>): Promise<Value | null> {
    const attempt = ++this.#attempt;
    this.phase = 'loading';
    this.problem = null;
    try {
      const value = await get();
      if (attempt !== this.#attempt) return null;
      this.value = value;
      this.phase = 'ready';
      return value;
    } catch (thrown) {
      if (attempt !== this.#attempt) return null;
      this.value = null;
      this.problem = toProblem(thrown);
      this.phase = 'failed';
      return null;
    }
  }

  clear(): void {
    this.#attempt++;
    this.phase = 'idle';
    this.value = null;
    this.problem = null;
  }
}
