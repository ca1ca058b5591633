import { z } from 'zod';
import {
  caseIdSchema,
  machineSchema,
  runFinishedSchema,
  runStartedSchema,
  sha256Schema,
  timeSchema,
  type Entry,
} from '../ledger/entry.ts';
import { findingSchema, verdictSchema } from '../ledger/finding.ts';
import type { LedgerIdentity } from '../ledger/ledger.ts';
import { fingerprintOf } from '../ledger/signing.ts';

const count = z.int().nonnegative();
const percent = z.number().min(0).max(100).nullable();
const overallSchema = z.strictObject({ forget: percent, retain: percent });
const started = runStartedSchema.shape;
const finished = runFinishedSchema.shape;

/**
 * What a certificate says of one case. Like the ledger's entries, of which it is made, its form is frozen: a later one
 * gets another `schema`.
 */
export const certificateSchema = z.strictObject({
  schema: z.literal('lethe-certificate/1'),
  /** The case's identifier and eight random hexadecimal digits. */
  id: z.string().regex(/^\d{4}-\d{4,}-[0-9a-f]{8}$/),
  issued: timeSchema,
  timeSource: z.literal('asserted by this machine'),
  software: z.string(),
  case: z.strictObject({ id: caseIdSchema, started: timeSchema, finished: timeSchema }),
  ledger: z
    .strictObject({
      origin: z.string().regex(/^[0-9a-f]{32}$/),
      publicKey: sha256Schema,
      fingerprint: sha256Schema,
      /** The entry that closed the run. */
      entry: z.strictObject({ sequence: z.int().positive(), hash: sha256Schema }),
    })
    .refine(({ publicKey, fingerprint }) => fingerprintOf(publicKey) === fingerprint, {
      path: ['fingerprint'],
      error: "is not the public key's",
    }),
  model: z.strictObject({
    /** Of the file or folder that was given. */
    name: z.string(),
    format: z.string(),
    architecture: z.string(),
    parameters: count,
    sha256Before: sha256Schema,
    sha256After: sha256Schema,
    /** Of the saved model from the engine's logits. */
    largestLogitDifference: z.number().nonnegative(),
  }),
  forget: z
    .array(z.strictObject({ index: count, name: z.string(), nameHmac: sha256Schema }))
    .min(1),
  verdict: verdictSchema,
  /** What was measured beside thresholds that were fixed before the run. */
  findings: z.array(findingSchema),
  /** What was decided in the run and why. */
  account: z.array(z.string()),
  /** What the figures mean, and what they do not, in plain words. */
  limits: z.array(z.string()),
  /** Percent of test images, over all forget classes and all retain classes. */
  accuracy: z.strictObject({
    before: overallSchema,
    /** Between impair and repair; null where nobody looked. */
    impaired: overallSchema.nullable(),
    after: overallSchema,
  }),
  /** All classes, in the model's order; accuracy in percent of test images, null where there is none. */
  classes: z.array(
    z.strictObject({
      index: count,
      name: z.string(),
      testImages: count,
      before: percent,
      impaired: percent,
      after: percent,
    }),
  ),
  imagesReadOfForgetClasses: finished.imagesReadOfForgetClasses,
  /** By phase, per class. */
  reads: finished.reads,
  data: started.data,
  preprocessing: started.preprocessing,
  recipe: started.recipe,
  recipeReason: z.string().nullable(),
  /** SHA-256 of the reference model; null where there was none. */
  reference: sha256Schema.nullable(),
  accelerator: started.accelerator,
  machine: machineSchema,
  seconds: finished.seconds,
  peakBytes: finished.peakBytes,
});
export type Certificate = z.infer<typeof certificateSchema>;

/** Of runs on record from before there were findings. */
const noFindings: Certificate['verdict'] = {
  value: 'INCONCLUSIVE',
  comparedWith: 'original',
  reason:
    'Accuracy alone does not prove removal. A model can fail to name a class and still hold traces of its images. ' +
    'This run was judged by accuracy only, so there is no verdict of pass.',
};

const limits = [
  'Accuracy is the share of test images that the model puts into the right class. At 0% the model no longer recognises the class; whether anything of it is left in the weights, only the other findings can tell, and each of them no more than it says.',
  'Not run: reading images back out of the model (inversion, reconstruction), and inferring attributes of persons.',
  'The figures hold for the test images counted here and for the erased model with the SHA-256 given here. They say nothing of copies, backups and models derived from the original.',
  "The signature shows that the holder of the ledger's key issued this certificate, and that it was not changed since. Times are asserted by the machine that ran Lethe; no one else vouches for them.",
];

/** The parts that a certificate is made of. */
export interface CertificateSource {
  readonly id: string;
  readonly issued: string;
  readonly identity: LedgerIdentity;
  readonly started: Extract<Entry, { kind: 'run-started' }>;
  readonly finished: Extract<Entry, { kind: 'run-finished' }>;
  readonly modelName: string;
  /** Of the model, in its order. */
  readonly classNames: readonly string[];
}

export function certificateOf(source: CertificateSource): Certificate {
  const { id, issued, identity, classNames } = source;
  const run = source.started.payload;
  const result = source.finished.payload;
  const { before, impaired, after } = result;
  const overall = ({ forget, retain }: typeof before): Certificate['accuracy']['before'] => ({
    forget,
    retain,
  });
  return certificateSchema.parse({
    schema: 'lethe-certificate/1',
    id,
    issued,
    timeSource: 'asserted by this machine',
    software: run.software,
    case: {
      id: source.started.case,
      started: source.started.time,
      finished: source.finished.time,
    },
    ledger: {
      ...identity,
      entry: { sequence: source.finished.sequence, hash: source.finished.hash },
    },
    model: {
      name: source.modelName,
      format: run.model.format,
      architecture: run.model.architecture,
      parameters: run.model.parameters,
      sha256Before: run.model.sha256,
      sha256After: result.erased.sha256,
      largestLogitDifference: result.erased.largestLogitDifference,
    },
    forget: run.forget.map(({ index, nameHmac }) => ({ index, name: classNames[index], nameHmac })),
    verdict: result.verdict ?? noFindings,
    findings: result.findings ?? [],
    account: result.account ?? [],
    limits,
    accuracy: {
      before: overall(before),
      impaired: impaired && overall(impaired),
      after: overall(after),
    },
    classes: classNames.map((name, index) => ({
      index,
      name,
      testImages: run.data.testImages[index],
      before: before.perClass[index],
      impaired: impaired?.perClass[index] ?? null,
      after: after.perClass[index],
    })),
    imagesReadOfForgetClasses: result.imagesReadOfForgetClasses,
    reads: result.reads,
    data: run.data,
    preprocessing: run.preprocessing,
    recipe: run.recipe,
    recipeReason: run.recipeReason ?? null,
    reference: run.reference ?? null,
    accelerator: run.accelerator,
    machine: run.machine,
    seconds: result.seconds,
    peakBytes: result.peakBytes,
  } satisfies Certificate);
}
