import type { DatasetInfo, ReadCounts, ReadPhase } from '../protocol/protocol.ts';
import type { DataNotice, Dataset, ImageBatch, ImageReference, ImageSelection } from './dataset.ts';

/** A dataset in which other images, of either split, are the training images of some classes. */
export class DrawnDataset implements Dataset {
  readonly info: DatasetInfo;
  readonly notices: readonly DataNotice[];
  readonly #dataset: Dataset;
  readonly #drawn: ReadonlyMap<number, readonly ImageReference[]>;

  /** @param drawn by label */
  constructor(dataset: Dataset, drawn: ReadonlyMap<number, readonly ImageReference[]>) {
    const { counts } = dataset.info;
    const train = counts.train.map((count, label) => drawn.get(label)?.length ?? count);
    this.info = { ...dataset.info, counts: { ...counts, train } };
    this.notices = dataset.notices;
    this.#dataset = dataset;
    this.#drawn = drawn;
  }

  get reads(): ReadCounts {
    return this.#dataset.reads;
  }

  select(selection: ImageSelection): ImageReference[] {
    if (selection.split === 'test') return this.#dataset.select(selection);
    const { labels, perClass } = selection;
    return labels
      .toSorted((a, b) => a - b)
      .flatMap(
        (label) =>
          this.#drawn.get(label)?.slice(0, perClass) ??
          this.#dataset.select({ ...selection, labels: [label] }),
      );
  }

  read(references: readonly ImageReference[], phase: ReadPhase): Promise<ImageBatch> {
    return this.#dataset.read(references, phase);
  }

  close(): Promise<void> {
    return this.#dataset.close();
  }
}
