import { z } from 'zod';

export const caseStateSchema = z.enum([
  'draft',
  'ready',
  'running',
  'interrupted',
  'review',
  'accepted',
  'rejected',
  'closed',
]);
export type CaseState = z.infer<typeof caseStateSchema>;
