import type { DatasetInfo, ReadCounts, ReadPhase } from '../protocol/protocol.ts';
import { forEachConcurrently } from './concurrency.ts';
import type { DataNotice, Dataset, ImageBatch, ImageReference, ImageSelection } from './dataset.ts';

/** Where a dataset's images are kept. */
export interface ImageStore {
  /** Writes one image to `target`, which has as many bytes as an image of the dataset's shape. */
  readImage(reference: ImageReference, target: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** Images in flight at once: enough to keep the thread pool's four threads busy, few enough to bound memory. */
const imagesAtOnce = 6;

/** What all datasets share: selecting, filling batches, and counting what is handed out. */
export class StoredDataset implements Dataset {
  readonly info: DatasetInfo;
  readonly notices: readonly DataNotice[];
  readonly #store: ImageStore;
  readonly #reads: ReadCounts = {};

  constructor(info: DatasetInfo, notices: readonly DataNotice[], store: ImageStore) {
    this.info = info;
    this.notices = notices;
    this.#store = store;
  }

  get reads(): ReadCounts {
    return structuredClone(this.#reads);
  }

  select({ split, labels, perClass }: ImageSelection): ImageReference[] {
    return labels
      .toSorted((a, b) => a - b)
      .flatMap((label) => {
        const length = Math.min(perClass, this.info.counts[split][label]);
        return Array.from({ length }, (_, index) => ({ split, label, index }));
      });
  }

  async read(references: readonly ImageReference[], phase: ReadPhase): Promise<ImageBatch> {
    const [height, width, channels] = this.info.imageShape;
    const length = height * width * channels;
    const images = new Uint8Array(references.length * length);
    await forEachConcurrently(references, imagesAtOnce, (reference, row) =>
      this.#store.readImage(reference, images.subarray(row * length, (row + 1) * length)),
    );
    const labels = Int32Array.from(references, ({ label }) => label);
    this.#count(labels, phase);
    return { images, shape: [references.length, height, width, channels], labels };
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  #count(labels: Int32Array, phase: ReadPhase): void {
    const counts = (this.#reads[phase] ??= this.info.classNames.map(() => 0));
    for (const label of labels) counts[label]++;
  }
}
