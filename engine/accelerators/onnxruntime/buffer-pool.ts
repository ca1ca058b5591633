/** From this size on a buffer may serve for a smaller one: below it, buffers are many and cheap. */
const LARGE = 1 << 20;
/** The share of a large buffer that may go unused. */
const SLACK = 1 / 8;
/** Buffers taken in a span. A training step takes some hundreds. */
const SPAN = 2048;

/**
 * Memory of tensors that are gone, kept for the next ones: fresh memory costs more than most kernels, because the system
 * clears it and maps it page by page.
 *
 * In use and idle together never take more than what was lately, in this span and the one before, in use at the most: beyond
 * that, idle memory is let go, the sizes unused for longest first. So what training took is not kept while only measuring.
 *
 * A buffer belongs to the pool from {@link take} until {@link disown}; only a buffer of the pool is taken back.
 */
export class BufferPool {
  readonly #owned = new WeakSet<ArrayBufferLike>();
  /** Idle buffers by size, the sizes in the order in which they were last given back. */
  readonly #idle = new Map<number, ArrayBuffer[]>();
  #idleBytes = 0;
  #usedBytes = 0;
  /** In this span. */
  #taken = 0;
  #mostUsedBytes = 0;
  #mostUsedBytesBefore = 0;

  get idleBytes(): number {
    return this.#idleBytes;
  }

  /** @returns a buffer of this size, or somewhat more, whose contents are arbitrary */
  take(bytes: number): ArrayBuffer {
    const buffer = this.#takeIdle(bytes) ?? this.#make(bytes);
    this.#usedBytes += buffer.byteLength;
    this.#count();
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
    this.#usedBytes -= bytes;
  }

  /** From now on someone else may hold the buffer: it is never recycled. */
  disown(buffer: ArrayBufferLike): void {
    if (this.#owned.delete(buffer)) this.#usedBytes -= buffer.byteLength;
  }

  #count(): void {
    this.#mostUsedBytes = Math.max(this.#mostUsedBytes, this.#usedBytes);
    this.#taken += 1;
    if (this.#taken < SPAN) return;
    this.#letGo(this.#usedBytes + this.#idleBytes - this.#allowedBytes);
    this.#mostUsedBytesBefore = this.#mostUsedBytes;
    this.#mostUsedBytes = this.#usedBytes;
    this.#taken = 0;
  }

  get #allowedBytes(): number {
    return Math.max(this.#mostUsedBytesBefore, this.#mostUsedBytes);
  }

  #takeIdle(bytes: number): ArrayBuffer | null {
    const size = this.#idle.has(bytes) ? bytes : this.#sizeFor(bytes);
    const buffers = this.#idle.get(size);
    const buffer = buffers?.pop();
    if (buffers === undefined || buffer === undefined) return null;
    if (buffers.length === 0) this.#idle.delete(size);
    this.#idleBytes -= size;
    return buffer;
  }

  /** The smallest size that is idle and not much too large. */
  #sizeFor(bytes: number): number {
    if (bytes < LARGE) return bytes;
    const fitting = [...this.#idle.keys()].filter(
      (size) => size >= bytes && size * (1 - SLACK) <= bytes,
    );
    return Math.min(...fitting);
  }

  #make(bytes: number): ArrayBuffer {
    this.#letGo(this.#usedBytes + this.#idleBytes + bytes - this.#allowedBytes);
    const buffer = new ArrayBuffer(bytes);
    this.#owned.add(buffer);
    return buffer;
  }

  #letGo(excess: number): void {
    let left = excess;
    for (const [size, buffers] of this.#idle) {
      while (left > 0 && buffers.length > 0) {
        // Detached, it is gone at once; the garbage collector would take its time.
        buffers.pop()?.transfer(0);
        this.#idleBytes -= size;
        left -= size;
      }
      if (buffers.length > 0) return;
      this.#idle.delete(size);
    }
  }
}
