import type { Dataset, DatasetOptions } from './dataset.ts';
import { readFolder } from './folder.ts';
import { idxFilesAmong, openIdx } from './idx.ts';
import { openImageFolder } from './image-folder.ts';

/**
 * Opens a folder of labelled images: IDX files where it holds any, else an image folder.
 * @throws ProblemError `no-such-file`, `unreadable-data`, `images-do-not-fit`
 */
export async function openDataset(path: string, options: DatasetOptions): Promise<Dataset> {
  const idxFiles = idxFilesAmong(await readFolder(path));
  return idxFiles.length > 0 ? openIdx(path, idxFiles, options) : openImageFolder(path, options);
}

/** Sentences that the record of a run has to say of its data, too. */
export function forRecord({ notices }: Pick<Dataset, 'notices'>): string[] {
  return notices.flatMap(({ sentence, isForRecord }) => (isForRecord ? [sentence] : []));
}
