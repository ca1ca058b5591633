import type { Trial } from '../../../app/comparison/comparison.ts';
import type { RecipeName } from '../../../engine/protocol/recipe.ts';
import type { Record as Result } from '../../bench/measuring/quality-results.ts';

interface Made {
  readonly method?: RecipeName;
  readonly erased?: number;
  readonly seed?: number;
  readonly seconds?: number;
  readonly threads?: number;
  readonly machine?: string;
  readonly reference?: string | null;
  readonly sources?: string;
  readonly findings?: Trial['findings'];
}

/** A run of the bench on MNIST, as its record has it. */
export function madeResult({ method = 'adaptive', erased = 1, ...made }: Made = {}): Result {
  const { seed = 0, sources } = made;
  return {
    key: { part: 'mnist', erased, method, seed },
    measured: '2026-12-01T00:00:00.000Z',
    load: 1,
    sources,
    trial: madeTrial({ method, erased, ...made }),
    problem: null,
  };
}

function madeTrial({
  method = 'adaptive',
  erased = 1,
  seed = 0,
  seconds = 60,
  threads = 2,
  machine = 'AMD EPYC',
  reference = 'b'.repeat(64),
  findings = [],
}: Made): Trial {
  return {
    method,
    // Of a recipe, only its seed is asked here.
    recipe: { name: 'retrain', seed, batchSize: 128, epochs: 14, learningRate: 0.002, shift: 0 },
    accelerator: {
      name: 'onnxruntime',
      version: '1.30.0',
      threads,
      device: { kind: 'cpu', name: machine },
      selfTest: { passed: true, largestDifference: 0 },
    },
    seconds,
    imagesReadOfForgetClasses: 0,
    thresholds: {
      version: 1,
      original: 'a'.repeat(64),
      reference,
      forget: [...Array(erased).keys()],
      seed,
      relearningRate: null,
      limits: [],
    },
    findings,
    verdict: { value: 'PASS', comparedWith: 'reference', reason: 'All findings keep to it.' },
    account: [],
  };
}
