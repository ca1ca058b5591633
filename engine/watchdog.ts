import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { z } from 'zod';
import { memoryCapExceeded } from './protocol/supervision.ts';

/**
 * Watches the process from a thread of its own, so that it sees what happens even while the main thread is inside a
 * long computation: resident memory over the cap, or a parent that is gone. Either ends the process.
 */

const intervalMilliseconds = 250;

const { memoryCapBytes } = z.object({ memoryCapBytes: z.number().positive() }).parse(workerData);
const parent = process.ppid;

setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
  const resident = process.memoryUsage.rss();
  if (resident > memoryCapBytes) {
    writeSync(2, `${memoryCapExceeded}: ${String(resident)} of ${String(memoryCapBytes)} bytes\n`);
    process.kill(process.pid, 'SIGKILL');
  }
}, intervalMilliseconds);
