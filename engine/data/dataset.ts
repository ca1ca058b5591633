import type { DatasetInfo, ReadCounts, ReadPhase, Split } from '../protocol/protocol.ts';

/** One image that can be read, by its place in the dataset. */
export interface ImageReference {
  readonly split: Split;
  /** Class index, in the order of the dataset's class names. */
  readonly label: number;
  /** Place among the images of that split and class. */
  readonly index: number;
}

/** Images as bytes, [labels.length, height, width, channels] row by row. */
export interface ImageBatch {
  readonly images: Uint8Array;
  readonly shape: readonly [number, number, number, number];
  readonly labels: Int32Array;
}

export interface ImageSelection {
  readonly split: Split;
  readonly labels: readonly number[];
  /** At most so many of each class: the first ones in name order. Infinity for all. */
  readonly perClass: number;
}

/** What the officer should know of data that stops nothing. */
export interface DataNotice {
  readonly sentence: string;
  /** It bears on what is measured and names nothing, so that the record of a run is to say it too. */
  readonly isForRecord: boolean;
}

/** Labelled images on disk. Memory stays bounded whatever their number. */
export interface Dataset {
  readonly info: DatasetInfo;

  readonly notices: readonly DataNotice[];

  /** Which images there are; reads none of them. Ordered by class, then name. */
  select(selection: ImageSelection): ImageReference[];

  /**
   * Reads images, in the order given, and counts them under `phase`.
   * @throws ProblemError `unreadable-data` naming the file, `images-do-not-fit`
   */
  read(references: readonly ImageReference[], phase: ReadPhase): Promise<ImageBatch>;

  /** What has been read so far. */
  readonly reads: ReadCounts;

  close(): Promise<void>;
}

/** How the images are to be had. */
export interface DatasetOptions {
  /** [height, width, channels] that every image must have; null takes those of the first image. */
  readonly imageShape: ImageShape | null;
  /** Scale images of another size instead of refusing them. */
  readonly resize: boolean;
  /** Of the split into training and test images, where the data has none. */
  readonly seed: number;
}

/** [height, width, channels] */
export type ImageShape = DatasetInfo['imageShape'];
