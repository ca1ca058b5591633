import { existsSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { issueCertificate, type IssuedCertificate } from '../certificate/issue.ts';
import type { EngineHost, JobListeners } from '../engine-host/engine-host.ts';
import { ProblemError, toProblem, type ProblemCode } from '../../engine/protocol/problem.ts';
import type { EraseCommand, ErasePlan, EraseResult } from '../../engine/protocol/protocol.ts';
import { stagingFolder, type Cases } from './cases.ts';

export interface ErasureRequest extends Omit<EraseCommand, 'type' | 'job' | 'trial' | 'output'> {
  /** The case that it is carried out for, which is ready; without one, it opens a case of its own. */
  readonly caseId?: string | undefined;
  /** The folder for the erased model and its certificate; made when missing. */
  readonly output: string;
}

export interface FinishedErasure {
  readonly caseId: string;
  readonly plan: ErasePlan;
  readonly result: EraseResult;
  /** Where the erased model is. */
  readonly model: string;
  readonly certificate: IssuedCertificate;
}

/**
 * Carries out one erasure from the model to the certificate. The ledger hears of it before anything is changed and
 * again however it ends; the erased model comes to `output` only once the ledger says that the run finished.
 * @throws ProblemError what went wrong; if it was before the case was opened, nothing was written
 */
export async function carryOutErasure(
  { caseId, ...request }: ErasureRequest,
  services: { cases: Cases; engine: EngineHost },
  listeners: Omit<JobListeners, 'prepared'> = {},
  signal?: AbortSignal,
): Promise<FinishedErasure> {
  const { cases, engine } = services;
  if (caseId !== undefined) cases.requireRunnable(caseId);
  const model = resolve(request.model);
  const data = resolve(request.data);
  const output = resolve(request.output);
  const name = erasedName(model);
  if (existsSync(join(output, name))) {
    throw new ProblemError(
      'output-exists',
      `There is an erased model at ${join(output, name)} already. Name another folder, so that nothing is overwritten.`,
    );
  }

  const staging = stagingFolder(output);
  const opened: { id: string; plan: ErasePlan }[] = [];
  const prepared = (plan: ErasePlan): void => {
    opened.push({ id: cases.start({ caseId, plan, model, data, staging, output }), plan });
  };
  try {
    const result = await engine.run<'erase'>(
      { ...request, type: 'erase', model, data, trial: false, output: join(staging, name) },
      { ...listeners, prepared },
      signal,
    );
    const [{ id, plan }] = opened;
    const erased = cases.finish(id, result);
    const certificate = await issueCertificate(cases, id, output);
    return { caseId: id, plan, result, model: erased, certificate };
  } catch (thrown) {
    for (const { id } of opened) closeUnfinished(cases, id, thrown);
    throw thrown;
  }
}

/** "models/faces.onnx" → "faces-erased.onnx"; a TF.js model's folder keeps its name, whether it or its model.json was named. */
function erasedName(model: string): string {
  const named = basename(model) === 'model.json' ? dirname(model) : model;
  const extension = extname(named) === '.onnx' ? '.onnx' : '';
  return `${basename(named, extension)}-erased${extension}`;
}

/** How a run ended that did not come to a result: the engine said so, or it was lost. */
const interruptions: ReadonlySet<ProblemCode> = new Set([
  'engine-died',
  'engine-silent',
  'out-of-memory',
]);

/** A case that fails after its run was finished (while its certificate was being made, say) stays finished. */
function closeUnfinished(cases: Cases, id: string, thrown: unknown): void {
  if (cases.record(id).state !== 'running') return;
  const { code } = toProblem(thrown);
  if (code === 'cancelled') cases.cancel(id);
  else if (interruptions.has(code)) cases.interrupt(id);
  else cases.fail(id, code);
}
