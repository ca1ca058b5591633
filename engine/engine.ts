import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import manifest from '../package.json' with { type: 'json' };
import { Jobs } from './jobs/jobs.ts';
import { commandSchema, type EngineEvent } from './protocol/protocol.ts';

/**
 * The engine process. It is started with an IPC channel and the largest resident memory it may take, in bytes, as its
 * only argument; it lives as long as the channel does.
 */

const heartbeatMilliseconds = 1000;

if (process.send === undefined) {
  throw new Error('The engine is started by the app, with a channel to it; it cannot run alone.');
}
const channel = process.send.bind(process);

function send(event: EngineEvent): void {
  channel(event);
}

const memoryCapBytes = z.coerce.number().positive().parse(process.argv[2]);
new Worker(new URL('./watchdog.ts', import.meta.url), { workerData: { memoryCapBytes } }).unref();

const jobs = new Jobs(send);
process.on('message', (message) => {
  const command = commandSchema.safeParse(message);
  if (command.success) {
    jobs.receive(command.data);
    return;
  }
  send({
    type: 'failure',
    job: null,
    problem: {
      code: 'bad-command',
      sentence:
        'The engine was sent a command it does not know. The app and the engine may be of different versions; install Lethe again.',
      detail: z.prettifyError(command.error),
    },
  });
});
process.on('disconnect', () => process.exit(0));
// A terminal's Ctrl+C reaches every process of the command; what it means for a job is the app's to say.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
setInterval(() => {
  send({ type: 'heartbeat', residentBytes: process.memoryUsage.rss() });
}, heartbeatMilliseconds);
send({ type: 'ready', version: manifest.version });
