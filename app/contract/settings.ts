import { z } from 'zod';
import { acceleratorNameSchema } from '../../engine/protocol/protocol.ts';
import { lawSchema } from './cases.ts';

const text = z.string().max(2000);

export const acceleratorNames = acceleratorNameSchema.options;

export const settingsSchema = z.strictObject({
  /** `system`: as the account is set. */
  language: z.enum(['system', 'en', 'de']),
  theme: z.enum(['system', 'light', 'dark']),
  /** Who answers for the processing: what new cases begin with, and certificates name. */
  controller: text,
  /** Who runs cases on this machine. */
  officer: text,
  law: lawSchema,
  twoPersonSignOff: z.boolean(),
  /** Null: the fastest that works. */
  accelerator: acceleratorNameSchema.nullable(),
});
export type Settings = z.infer<typeof settingsSchema>;

export const defaultSettings: Settings = {
  language: 'system',
  theme: 'system',
  controller: '',
  officer: '',
  law: 'gdpr',
  twoPersonSignOff: false,
  accelerator: null,
};
