import { z } from 'zod';
import {
  caseIdSchema,
  machineSchema,
  runFinishedSchema,
  runStartedSchema,
  sha256Schema,
  timeSchema,
} from '../ledger/entry.ts';
import { findingSchema, verdictSchema } from '../ledger/finding.ts';
import { fingerprintOf } from '../ledger/signing.ts';
import { signatureSchema } from './signature.ts';

/*
 * The first form of certificates: with names, and without a proof that the ledger has them. None is issued any more; those
 * that there are verify as before.
 */

const count = z.int().nonnegative();
const percent = z.number().min(0).max(100).nullable();
const overallSchema = z.strictObject({ forget: percent, retain: percent });
const started = runStartedSchema.shape;
const finished = runFinishedSchema.shape;

const certificateSchema = z.strictObject({
  schema: z.literal('lethe-certificate/1'),
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
    name: z.string(),
    format: z.string(),
    architecture: z.string(),
    parameters: count,
    sha256Before: sha256Schema,
    sha256After: sha256Schema,
    largestLogitDifference: z.number().nonnegative(),
  }),
  forget: z
    .array(z.strictObject({ index: count, name: z.string(), nameHmac: sha256Schema }))
    .min(1),
  verdict: verdictSchema,
  findings: z.array(findingSchema),
  account: z.array(z.string()),
  limits: z.array(z.string()),
  accuracy: z.strictObject({
    before: overallSchema,
    impaired: overallSchema.nullable(),
    after: overallSchema,
  }),
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
  reads: finished.reads,
  data: started.data,
  preprocessing: started.preprocessing,
  recipe: started.recipe,
  recipeReason: z.string().nullable(),
  reference: sha256Schema.nullable(),
  accelerator: started.accelerator,
  machine: machineSchema,
  seconds: finished.seconds,
  peakBytes: finished.peakBytes,
});
export type FirstForm = z.infer<typeof certificateSchema>;

/** The file: this, as canonical JSON (RFC 8785) in UTF-8, and not a byte more. */
export const firstFormSchema = z.strictObject({
  certificate: certificateSchema,
  signature: signatureSchema,
});
