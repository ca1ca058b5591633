import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';

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

/**
 * Other work slows programs down unequally: threads of PyTorch wait for each other more often than ours, and it can take ten
 * times as long where ours take twice. A frame that had to wait for it is lost.
 */
export function warnIfBusy(): void {
  const busy = loadavg()[0];
  if (busy < availableParallelism() / 2) return;
  process.stderr.write(
    `Over the last minute, ${busy.toFixed(1)} programs wanted the processor. Measure on a quiet machine: other work slows down what is measured, and some of it more than the rest.\n\n`,
  );
}
