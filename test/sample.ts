import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const samplePictures = fileURLToPath(new URL('../app/sample/pictures', import.meta.url));

/** A few of the sample's pictures, for runs that need not come to a good result: 6 people, 8 training and 4 test images each. */
export function copyFewPictures(folder: string): string {
  for (const [split, count] of [
    ['train', 8],
    ['test', 4],
  ] as const) {
    for (const person of readdirSync(join(samplePictures, split)).toSorted().slice(0, 6)) {
      const pictures = readdirSync(join(samplePictures, split, person)).toSorted();
      for (const picture of pictures.slice(0, count)) {
        const place = join(split, person, picture);
        cpSync(join(samplePictures, place), join(folder, place));
      }
    }
  }
  return folder;
}
