import type { MatchedData } from '../data/matched-data.ts';
import type { TrainableModel } from '../models/models.ts';
import type { Recipe } from '../protocol/protocol.ts';

/** What a method is given: a model to change, data of the classes to keep, and the settings. */
export interface Erasure {
  readonly model: TrainableModel;
  readonly data: MatchedData;
  /** Class indices of the model. */
  readonly forget: readonly number[];
  readonly retain: readonly number[];
  readonly recipe: Recipe;
}

export interface ErasureStep {
  readonly phase: 'noise' | 'impair' | 'repair';
  readonly step: number;
  readonly steps: number;
  readonly images: number;
  readonly loss: number;
  /** Running accuracy of the pass, percent; null for noise. */
  readonly accuracy: number | null;
}
