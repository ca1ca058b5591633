import { z } from 'zod';
import { pathSchema } from './work.ts';

/* Files and folders of this machine, as far as the account may read them. */

export const folderEntrySchema = z.object({
  name: z.string(),
  path: pathSchema,
  kind: z.enum(['folder', 'file']),
});
export type FolderEntry = z.infer<typeof folderEntrySchema>;

export const folderViewSchema = z.object({
  path: pathSchema,
  /** Null for the root. */
  parent: pathSchema.nullable(),
  /** Folders to start from. */
  places: z.array(
    z.object({
      name: z.enum(['home', 'desktop', 'documents', 'downloads', 'root']),
      path: pathSchema,
    }),
  ),
  entries: z.array(folderEntrySchema),
  /** How many more there are than are listed. */
  more: z.int().nonnegative(),
});
export type FolderView = z.infer<typeof folderViewSchema>;

/** What is to be chosen: a model is a file or a folder. */
export const choosingSchema = z.enum(['model', 'folder', 'file']);
export type Choosing = z.infer<typeof choosingSchema>;
