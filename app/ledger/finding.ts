import { z } from 'zod';

/* The frozen forms of what was asked of a model and what was found; see entry.ts. Classes are indices here. */

const count = z.int().nonnegative();
const sentence = z.string().min(1);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const measurementSchema = z.strictObject({
  value: z.number(),
  unit: z.string(),
  interval: z.tuple([z.number(), z.number()]),
  samples: count,
  figures: z.array(
    z.strictObject({
      label: z.string(),
      class: count.nullable(),
      value: z.number(),
      unit: z.string(),
    }),
  ),
});

const thresholdSchema = z.strictObject({
  direction: z.string(),
  limit: z.number(),
  reach: z.number(),
  beyond: z.string(),
  basis: z.string(),
  reason: sentence,
});

const absenceSchema = z.strictObject({ why: sentence, needs: sentence, costs: sentence });

/** All that decides a verdict besides the model itself. */
export const thresholdsSchema = z.strictObject({
  version: count,
  original: sha256,
  reference: sha256.nullable(),
  forget: z.array(count),
  seed: count,
  relearningRate: z.number().nullable(),
  limits: z.array(
    z.strictObject({
      name: z.string(),
      required: z.boolean(),
      threshold: thresholdSchema.nullable(),
      absence: absenceSchema.nullable(),
      original: z.number().nullable(),
      reference: z.number().nullable(),
    }),
  ),
});

export const findingSchema = z.strictObject({
  outcome: z.enum(['pass', 'fail', 'not-measured']),
  name: z.string(),
  required: z.boolean(),
  sentence,
  measurement: measurementSchema.nullable(),
  threshold: thresholdSchema.nullable(),
  absence: absenceSchema.optional(),
});

export const verdictSchema = z.strictObject({
  value: z.enum(['PASS', 'FAIL', 'INCONCLUSIVE']),
  comparedWith: z.enum(['reference', 'original']),
  reason: sentence,
});
