import { arch, availableParallelism, cpus, release, totalmem, type } from 'node:os';

/** Where and when figures were measured, in a paragraph. */
export function measuredOn(versions: readonly string[]): string {
  const processor = cpus().at(0)?.model.trim() ?? 'unknown processor';
  const day = new Date().toISOString().slice(0, 10);
  return [
    `Measured on ${day}: ${processor}, ${String(availableParallelism())} cores,`,
    `${String(Math.round(totalmem() / 2 ** 30))} GiB of memory, ${type()} ${release()} (${arch()});`,
    `${[`Node ${process.versions.node}`, ...versions].join(', ')}.`,
  ].join(' ');
}
