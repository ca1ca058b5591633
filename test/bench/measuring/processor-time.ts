import { readdirSync, readFileSync } from 'node:fs';

/** Of Linux, on every processor that Node runs on. */
const ticksPerSecond = 100;

interface ProcessTimes {
  readonly parent: number;
  readonly seconds: number;
}

/** Seconds of processor time that a process and all that it started and that are alive have taken so far. Linux only. */
export function processorSeconds(root: number): number {
  const processes = readProcesses();
  const ofTree = (pid: number): number => {
    const own = processes.get(pid)?.seconds ?? 0;
    const children = [...processes].filter(([, { parent }]) => parent === pid);
    return children.reduce((sum, [child]) => sum + ofTree(child), own);
  };
  return ofTree(root);
}

function readProcesses(): Map<number, ProcessTimes> {
  const processes = new Map<number, ProcessTimes>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const line = statOf(name);
    if (line === null) continue;
    // The program's name comes second, in parentheses, and may hold anything.
    const [, parent, ...rest] = line.slice(line.lastIndexOf(')') + 2).split(' ');
    const [user, system] = rest.slice(9);
    processes.set(Number(name), {
      parent: Number(parent),
      seconds: (Number(user) + Number(system)) / ticksPerSecond,
    });
  }
  return processes;
}

/** Null for one that has ended since it was listed. */
function statOf(pid: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
}
