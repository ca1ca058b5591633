import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copySubset } from './subset.ts';

/** The sample project. */
export const sample = fileURLToPath(new URL('../app/sample', import.meta.url));
export const sampleModel = join(sample, 'model');
export const samplePictures = join(sample, 'pictures');

/** A few of the sample's pictures, for runs that need not come to a good result: 6 people, 8 training and 4 test images each. */
export function copyFewPictures(folder: string): string {
  copySubset(samplePictures, folder, { classes: 6, train: 8, test: 4 });
  return folder;
}
