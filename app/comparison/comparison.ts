import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, extname, join, resolve } from 'node:path';
import { z } from 'zod';
import type { EngineHost, JobListeners } from '../engine-host/engine-host.ts';
import {
  findingSchema,
  thresholdsSchema,
  verdictSchema,
  type FindingName,
} from '../../engine/protocol/finding.ts';
import { ProblemError, type ProblemCode } from '../../engine/protocol/problem.ts';
import { acceleratorInfoSchema, type EraseCommand } from '../../engine/protocol/protocol.ts';
import { recipeNameSchema, recipeSchema, type RecipeName } from '../../engine/protocol/recipe.ts';

/** One method, tried on one model and judged. */
export const trialSchema = z.object({
  method: recipeNameSchema,
  recipe: recipeSchema,
  accelerator: acceleratorInfoSchema,
  /** Of the erasing itself, without measuring. */
  seconds: z.number().nonnegative(),
  imagesReadOfForgetClasses: z.int().nonnegative(),
  /** What the original and the reference come to in each finding is in these. */
  thresholds: thresholdsSchema,
  findings: z.array(findingSchema),
  verdict: verdictSchema,
  account: z.array(z.string()),
});
export type Trial = z.infer<typeof trialSchema>;

export interface TrialRequest extends Omit<
  EraseCommand,
  'type' | 'job' | 'recipe' | 'reference' | 'shadowModels' | 'trial' | 'output'
> {
  /** A path; null for none. */
  readonly reference: string | null;
  readonly method: RecipeName;
  /** Where to leave the erased model; null if it is not wanted. */
  readonly output: string | null;
}

/**
 * Erases with one method, without a case: the erased model is measured, and kept only if it is wanted. A trial is no erasure
 * that anybody may rely on.
 * @throws ProblemError as of an erasure
 */
export async function tryMethod(
  { method, output, ...request }: TrialRequest,
  engine: EngineHost,
  listeners: Omit<JobListeners, 'prepared'>,
  signal?: AbortSignal,
): Promise<Trial> {
  const folder = await mkdtemp(join(tmpdir(), 'lethe-trial-'));
  try {
    const opened: Pick<Trial, 'recipe' | 'accelerator' | 'thresholds'>[] = [];
    const result = await engine.run<'erase'>(
      {
        ...request,
        type: 'erase',
        model: resolve(request.model),
        data: resolve(request.data),
        reference:
          request.reference === null ? null : { kind: 'given', path: resolve(request.reference) },
        recipe: method,
        shadowModels: null,
        trial: true,
        output: output ?? join(folder, `erased${extname(request.model)}`),
      },
      {
        ...listeners,
        prepared: (plan) => {
          opened.push(plan);
          // Not before all that can be refused was.
          if (output !== null) mkdirSync(dirname(output), { recursive: true });
        },
      },
      signal,
    );
    const { total: _total, ...phases } = result.seconds;
    const seconds = Object.values(phases).filter((each) => each !== undefined);
    const [{ recipe, accelerator, thresholds }] = opened;
    const { findings, verdict, account, imagesReadOfForgetClasses } = result;
    return {
      method,
      recipe,
      accelerator,
      seconds: seconds.reduce((sum, each) => sum + each, 0),
      imagesReadOfForgetClasses,
      thresholds,
      findings,
      verdict,
      account,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What a comparison shows of a model: percent, and for membership the largest area under the curve of the attacks. */
export interface ComparedFigures {
  readonly forget: number | null;
  readonly retain: number | null;
  readonly probe: number | null;
  readonly prototypes: number | null;
  readonly membership: number | null;
}

export function figuresOf({ findings }: Trial): ComparedFigures {
  return compared(
    (name) => findings.find((finding) => finding.name === name)?.measurement?.value ?? null,
  );
}

/** What the original, or the reference, comes to. */
export function figuresBeside(
  { thresholds }: Trial,
  model: 'original' | 'reference',
): ComparedFigures {
  return compared(
    (name) => thresholds.limits.find((limit) => limit.name === name)?.[model] ?? null,
  );
}

function compared(valueOf: (name: FindingName) => number | null): ComparedFigures {
  const attacks = (['membership-loss', 'membership-entropy', 'membership-confidence'] as const)
    .map(valueOf)
    .filter((value) => value !== null);
  return {
    forget: valueOf('forget-accuracy'),
    retain: valueOf('retain-accuracy'),
    probe: valueOf('linear-probe'),
    prototypes: valueOf('prototypes'),
    membership: attacks.length === 0 ? null : Math.max(...attacks),
  };
}

export interface Comparison {
  readonly trials: readonly Trial[];
  /** Methods that could not be tried, and why. */
  readonly untried: readonly { readonly method: RecipeName; readonly sentence: string }[];
  /** A path: the one given, or that of the model that was retrained here, if it can be compared with. */
  readonly reference: string | null;
  /** Why the model that was retrained here is not the reference, in a sentence. */
  readonly unfit: string | null;
}

export interface ComparisonRequest extends Omit<TrialRequest, 'method' | 'output'> {
  readonly methods: readonly RecipeName[];
  /** Where a model that is retrained here is left. */
  readonly retrained: string;
}

/**
 * Tries one method after the other. Without a reference, `retrain` comes first, if it is among them, and what it makes is the
 * reference for the others, if it is fit for one. A method that lacks something, or ruins the model, is left out, and the
 * others go on.
 * @throws ProblemError where none could be tried, or what is wrong is not the method's: `cancelled` above all
 */
export async function compareMethods(
  { methods, retrained, ...request }: ComparisonRequest,
  engine: EngineHost,
  listeners: Omit<JobListeners, 'prepared'> & { readonly method?: (method: RecipeName) => void },
  signal?: AbortSignal,
): Promise<Comparison> {
  const trials: Trial[] = [];
  const untried: Comparison['untried'][number][] = [];
  const problems: ProblemError[] = [];
  let { reference } = request;
  let unfit: string | null = null;

  async function tried(method: RecipeName): Promise<Trial> {
    const becomesReference = method === 'retrain' && reference === null;
    const output = becomesReference ? retrained : null;
    try {
      const trial = { ...request, reference, method, output };
      const outcome = await tryMethod(trial, engine, listeners, signal);
      if (becomesReference) reference = retrained;
      return outcome;
    } catch (error) {
      if (reference !== retrained || !hasCode(error, unfitting)) throw error;
      reference = null;
      unfit = notCompared;
      listeners.notice?.(unfit);
      return await tried(method);
    }
  }

  for (const method of retrainFirst(methods)) {
    listeners.method?.(method);
    try {
      trials.push(await tried(method));
    } catch (error) {
      if (!hasCode(error, ofTheMethod)) throw error;
      untried.push({ method, sentence: error.message });
      problems.push(error);
    }
  }
  if (trials.length === 0 && problems.length > 0) throw problems[0];
  return { trials, untried, reference, unfit };
}

/** What one method may end in, and another not, however often they are tried. */
export const ofTheMethod: ReadonlySet<ProblemCode> = new Set([
  'diverged',
  'no-forget-images',
  'no-retain-images',
]);
const unfitting: ReadonlySet<ProblemCode> = new Set(['unfit-reference']);

const notCompared =
  'What retrain made here cannot be what the others are compared with: it is much worse than the original on the classes to keep, most likely because the original was trained on more images than these, or it still recognises the erased ones.';

function hasCode(error: unknown, codes: ReadonlySet<ProblemCode>): error is ProblemError {
  return error instanceof ProblemError && codes.has(error.problem.code);
}

function retrainFirst(methods: readonly RecipeName[]): RecipeName[] {
  const others = methods.filter((method) => method !== 'retrain');
  return others.length < methods.length ? ['retrain', ...others] : others;
}
