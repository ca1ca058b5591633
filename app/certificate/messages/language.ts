import { z } from 'zod';

/** What a certificate can be written in. */
export const languageSchema = z.enum(['en', 'de']);
export type Language = z.infer<typeof languageSchema>;
