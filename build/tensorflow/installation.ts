import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Kept beside the library, so that a second run knows what is there. */
const recordSchema = z.object({
  /** What was given or fetched: the name of its file or folder, and the SHA-256 of the file, or of the library in the folder. */
  source: z.string(),
  sha256: z.string(),
  cuda: z.boolean(),
});
export type InstallationRecord = z.infer<typeof recordSchema>;

const RECORD = 'deps/lethe.json';
const PREFIX = '.set-up-';

export const ADDON = 'lib/napi-v8/tfjs_binding.node';

/** What is installed by this program; null where nothing is, or nothing whole. */
export function readRecord(packageFolder: string): InstallationRecord | null {
  const file = join(packageFolder, RECORD);
  if (!existsSync(file) || !existsSync(join(packageFolder, ADDON))) return null;
  const parsed = recordSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  return parsed.success ? parsed.data : null;
}

/**
 * Fills a folder beside the final place, and moves it there when it is whole: whoever stops it leaves nothing half
 * written. What earlier runs left when they were stopped goes.
 */
export async function install(
  packageFolder: string,
  fill: (folder: string) => Promise<InstallationRecord>,
): Promise<void> {
  for (const name of readdirSync(packageFolder).filter((name) => name.startsWith(PREFIX))) {
    if (!isRunning(Number(name.slice(PREFIX.length))))
      rmSync(join(packageFolder, name), { recursive: true });
  }
  const folder = join(packageFolder, `${PREFIX}${String(process.pid)}`);
  mkdirSync(folder);
  try {
    const record = await fill(folder);
    writeFileSync(join(folder, RECORD), JSON.stringify(record));
    // Without its addon, an installation is none.
    for (const name of ['lib', 'deps'])
      rmSync(join(packageFolder, name), { recursive: true, force: true });
    for (const name of ['deps', 'lib']) renameSync(join(folder, name), join(packageFolder, name));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function isRunning(process_: number): boolean {
  try {
    process.kill(process_, 0);
    return true;
  } catch {
    return false;
  }
}
