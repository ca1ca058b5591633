import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/* What a program and all that it starts connects to, as the kernel sees it. */

export const noStrace = 'strace is not installed on this machine';

export function lacksStrace(): boolean {
  return spawnSync('strace', ['-V']).status !== 0;
}

/** What to start a program under, so that its connections are written to a file. */
export function tracing(file: string): string[] {
  // It passes on what ends it, which it would not do by itself when it writes to a file.
  return ['strace', '-I', '2', '-f', '--seccomp-bpf', '-e', 'trace=connect', '-o', file];
}

/**
 * The connections in such a file that left the machine.
 * @throws Error when what was traced has not come to its end
 */
export function outwardConnections(file: string): string[] {
  const trace = readFileSync(file, 'utf8');
  if (!trace.includes('+++ exited with')) throw new Error('the trace is of nothing that ended');
  return trace
    .split('\n')
    .filter((line) => /sa_family=AF_INET6?/.test(line))
    .filter((line) => !/inet_addr\("127\.|inet_pton\(AF_INET6, "::1"/.test(line));
}
