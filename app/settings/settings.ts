import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ProblemError } from '../../engine/protocol/problem.ts';
import { defaultSettings, settingsSchema, type Settings } from '../contract/settings.ts';
import { writeDurably } from '../ledger/durable-file.ts';

const fileName = 'settings.json';
const { shape } = settingsSchema;

/** Each setting by itself, so that one of another version takes no other with it. */
const keptSchema = z
  .object({
    language: shape.language.catch(defaultSettings.language),
    theme: shape.theme.catch(defaultSettings.theme),
    controller: shape.controller.catch(defaultSettings.controller),
    officer: shape.officer.catch(defaultSettings.officer),
    law: shape.law.catch(defaultSettings.law),
    twoPersonSignOff: shape.twoPersonSignOff.catch(defaultSettings.twoPersonSignOff),
    accelerator: shape.accelerator.catch(defaultSettings.accelerator),
  })
  .catch(defaultSettings);

/**
 * The settings kept in `folder`. One that is missing, or makes no sense to this version, is the default: settings decide
 * nothing that is on record, so they never keep Lethe from starting.
 */
export function readSettings(folder: string): Settings {
  return keptSchema.parse(readJson(join(folder, fileName)));
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
