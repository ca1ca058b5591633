import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProblemError } from '../../engine/protocol/problem.ts';
import { defaultSettings, settingsSchema, type Settings } from '../contract/settings.ts';
import { writeDurably } from '../ledger/durable-file.ts';

const fileName = 'settings.json';

/**
 * The settings kept in `folder`. A setting that the file lacks, or has no sense in this version, is the default: settings
 * decide nothing that is on record, so they never keep Lethe from starting.
 */
export function readSettings(folder: string): Settings {
  const found = settingsSchema
    .partial()
    .loose()
    .safeParse(readJson(join(folder, fileName)));
  if (!found.success) return defaultSettings;
  const merged = settingsSchema.strip().safeParse({ ...defaultSettings, ...found.data });
  return merged.success ? merged.data : defaultSettings;
}

/** @throws ProblemError `disk-failed` */
export function writeSettings(folder: string, settings: Settings): void {
  try {
    writeDurably(join(folder, fileName), `${JSON.stringify(settings, null, 2)}\n`, 0o600);
  } catch (cause) {
    throw new ProblemError(
      'disk-failed',
      `The settings could not be written to ${folder}. Make room there, then change them again.`,
      String(cause),
      { cause },
    );
  }
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}
