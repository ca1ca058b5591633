import { cpus, totalmem } from 'node:os';
import type { ErasePlan, EraseResult } from '../../engine/protocol/protocol.ts';
import type { RunFinished, RunStarted } from '../ledger/entry.ts';
import { classNameHmac, type RunFile } from './case-file.ts';

/* What the ledger takes from the engine's words on a run: no name, no path, and counts in the order of the model. */

/**
 * @param key of the case's HMACs
 * @param software the Lethe that runs: its version, and the digest of its own files
 */
export function runStarted(
  plan: ErasePlan,
  run: RunFile,
  key: string,
  software: { readonly version: string; readonly build: string },
): RunStarted {
  const { format, sha256, architecture, parameters, classCount } = plan.model;
  const { name, version, threads, device, selfTest } = plan.accelerator;
  const { counts, source, digest } = plan.data;
  const perClass = (ofData: readonly number[]): number[] => perModelClass(ofData, run);
  return {
    software: software.version,
    build: software.build,
    model: { format, sha256, architecture, parameters, classCount },
    forget: plan.forget.map((index) => ({
      index,
      nameHmac: classNameHmac(key, index, run.classNames[index]),
    })),
    retainClasses: plan.retain.length,
    recipe: plan.recipe,
    recipeReason: plan.recipeReason,
    reference: plan.reference?.sha256 ?? null,
    thresholds: plan.thresholds,
    preprocessing: plan.preprocessing,
    data: {
      source,
      digest,
      trainImages: perClass(counts.train),
      testImages: perClass(counts.test),
      retainSample: plan.retainSample,
    },
    accelerator: { name, version, threads, device, selfTest },
    machine: {
      processor: cpus()[0]?.model.trim() ?? 'unknown',
      cores: cpus().length,
      memoryBytes: totalmem(),
      system: `${process.platform} ${process.arch}`,
    },
  };
}

export function runFinished(result: EraseResult, run: RunFile): RunFinished {
  const reads: RunFinished['reads'] = {};
  for (const [phase, counts] of Object.entries(result.reads)) {
    reads[phase] = perModelClass(counts, run);
  }
  const { before, impaired, after, findings, verdict, account } = result;
  const { imagesReadOfForgetClasses, seconds, peakBytes } = result;
  const { sha256, largestLogitDifference } = result.erased;
  return {
    before,
    impaired,
    after,
    findings,
    verdict,
    account,
    reads,
    imagesReadOfForgetClasses,
    seconds,
    peakBytes,
    erased: { sha256, largestLogitDifference },
  };
}

/** Counts in the order of the data's classes → in the order of the model's. */
function perModelClass(counts: readonly number[], { classNames, dataClasses }: RunFile): number[] {
  const result = new Array<number>(classNames.length).fill(0);
  counts.forEach((count, index) => {
    result[dataClasses[index]] += count;
  });
  return result;
}
