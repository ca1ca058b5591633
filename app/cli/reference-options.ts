import { resolve } from 'node:path';
import { Option } from 'commander';
import { referencesFolder } from '../cases/run-folders.ts';
import type { ReferenceChoice } from '../../engine/protocol/protocol.ts';

/* What a model is compared with besides the original. */

export interface ReferenceOptions {
  readonly reference: string | null;
  readonly retrainReference: boolean;
  readonly ledger: string;
}

export const referenceOption = (): Option =>
  new Option(
    '--reference <path>',
    'a model trained in the same way without the classes, to compare with',
  ).default(null, 'none: the verdict then claims less');

export const retrainReferenceOption = (): Option =>
  new Option(
    '--retrain-reference',
    'train such a model first, from nothing, on all images of the classes to keep; it is kept beside the ledger for whenever the same classes are erased or verified again',
  )
    .default(false)
    .conflicts('reference');

export function chosenReference({
  reference,
  retrainReference,
  ledger,
}: ReferenceOptions): ReferenceChoice | null {
  if (retrainReference) return { kind: 'retrained', folder: referencesFolder(resolve(ledger)) };
  return reference === null ? null : { kind: 'given', path: resolve(reference) };
}
