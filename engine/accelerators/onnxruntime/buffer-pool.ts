/**
 * Memory of tensors that are gone, kept for the next ones of the same size: fresh memory costs more than most kernels,
 * because the system clears it and maps it page by page.
 *
 * A buffer belongs to the pool from {@link take} until {@link disown}; only a buffer of the pool is taken back.
 */
export class BufferPool {
  readonly #capacity: number;
  readonly #owned = new WeakSet<ArrayBufferLike>();
  /** Idle buffers by size, the sizes in the order in which they were last given back. */
  readonly #idle = new Map<number, ArrayBuffer[]>();
  #idleBytes = 0;

  /** @param capacity bytes that may lie idle; beyond it, the sizes unused for longest are let go */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get idleBytes(): number {
    return this.#idleBytes;
  }

  /** @returns a buffer of exactly this size whose contents are arbitrary */
  take(bytes: number): ArrayBuffer {
    const recycled = this.#idle.get(bytes)?.pop();
    if (recycled) {
      this.#idleBytes -= bytes;
      return recycled;
    }
    const buffer = new ArrayBuffer(bytes);
    this.#owned.add(buffer);
    return buffer;
  }

  /** Takes a buffer back, if it is the pool's. Nobody may use it afterwards. */
  give(buffer: ArrayBufferLike): void {
    if (!(buffer instanceof ArrayBuffer) || !this.#owned.has(buffer)) return;
    const bytes = buffer.byteLength;
    const buffers = this.#idle.get(bytes) ?? [];
    buffers.push(buffer);
    this.#idle.delete(bytes);
    this.#idle.set(bytes, buffers);
    this.#idleBytes += bytes;
    this.#shrink();
  }

  /** From now on someone else may hold the buffer: it is never recycled. */
  disown(buffer: ArrayBufferLike): void {
    this.#owned.delete(buffer);
  }

  #shrink(): void {
    for (const [bytes, buffers] of this.#idle) {
      while (this.#idleBytes > this.#capacity && buffers.length > 0) {
        buffers.pop();
        this.#idleBytes -= bytes;
      }
      if (this.#idleBytes <= this.#capacity) return;
      this.#idle.delete(bytes);
    }
  }
}
