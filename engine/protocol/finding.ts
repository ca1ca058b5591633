import { z } from 'zod';

/**
 * What is measured of a model that is said to have forgotten, how it is judged, and what follows. Nothing here names a
 * class, which may be a person: classes are indices, and sentences speak of "the erased class".
 */

const count = z.int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const sentence = z.string().min(1);

export const findingNameSchema = z.enum([
  'forget-accuracy',
  'worst-forget-class',
  'retain-accuracy',
  'worst-retain-class',
  'neighbour-classes',
  'answer-concentration',
  'score-separation',
  'membership-loss',
  'membership-entropy',
  'membership-confidence',
  'membership-shadow-models',
  'linear-probe',
  'worst-probe-class',
  'prototypes',
  'relearning',
  'weight-distance',
  'feature-distance',
  'output-distance',
]);
export type FindingName = z.infer<typeof findingNameSchema>;

/**
 * `percent` of images; `points` of percent; `area` under a ROC curve, 0.5 to 1; `bits` of Jensen–Shannon divergence, 0 to 1, and
 * of entropy; `ratio` to the original's norm, or of steps; `steps` of training.
 */
export const unitSchema = z.enum(['percent', 'points', 'area', 'bits', 'ratio', 'steps']);
export type Unit = z.infer<typeof unitSchema>;

/** A figure beside a finding's own. */
export const figureSchema = z.object({
  label: z.string().min(1),
  /** The class of the model that it is of, if it is of one. */
  class: count.nullable(),
  value: z.number(),
  unit: unitSchema,
});
export type Figure = z.infer<typeof figureSchema>;

export const measurementSchema = z.object({
  value: z.number(),
  unit: unitSchema,
  /** 95%: lower and upper end. Both are the value where nothing was sampled. */
  interval: z.tuple([z.number(), z.number()]),
  /** How many images (or repetitions) the value is over. */
  samples: count,
  figures: z.array(figureSchema),
});
export type Measurement = z.infer<typeof measurementSchema>;

export const thresholdSchema = z.object({
  direction: z.enum(['at-most', 'at-least']),
  /** What the value must keep to. */
  limit: z.number(),
  /** What the whole interval must keep to; if it does not, there is too little to tell. */
  reach: z.number(),
  /** An interval wholly beyond the limit is a failure, or leaves the question open. */
  beyond: z.enum(['fail', 'open']),
  /** What the limit is made from. `original` proves less than `reference`. */
  basis: z.enum(['reference', 'original', 'fixed']),
  reason: sentence,
});
export type Threshold = z.infer<typeof thresholdSchema>;

/** Why something was not measured, or cannot be judged. */
export const absenceSchema = z.object({
  why: sentence,
  /** What it would need. */
  needs: sentence,
  /** What having that costs. */
  costs: sentence,
});
export type Absence = z.infer<typeof absenceSchema>;

const findingParts = {
  name: findingNameSchema,
  /** Without it, measured, there is no PASS. */
  required: z.boolean(),
  /** For the officer. */
  sentence,
};

export const findingSchema = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('pass'),
    ...findingParts,
    measurement: measurementSchema,
    threshold: thresholdSchema,
  }),
  z.object({
    outcome: z.literal('fail'),
    ...findingParts,
    measurement: measurementSchema,
    threshold: thresholdSchema,
  }),
  z.object({
    outcome: z.literal('not-measured'),
    ...findingParts,
    absence: absenceSchema,
    /** What there is of it: too little to tell. */
    measurement: measurementSchema.nullable(),
    threshold: thresholdSchema.nullable(),
  }),
]);
export type Finding = z.infer<typeof findingSchema>;

/** How one finding will be judged, and how the original and the reference do in it. */
export const limitSchema = z.object({
  name: findingNameSchema,
  required: z.boolean(),
  /** Null where it cannot be judged, and then `absence` says why. */
  threshold: thresholdSchema.nullable(),
  absence: absenceSchema.nullable(),
  original: z.number().nullable(),
  reference: z.number().nullable(),
});
export type Limit = z.infer<typeof limitSchema>;

/** All that decides a verdict besides the model itself: made, and put on record, before a run. */
export const thresholdsSchema = z.object({
  version: z.literal(1),
  original: sha256,
  reference: sha256.nullable(),
  /** Class indices of the original. */
  forget: z.array(count).min(1),
  /** Of the samples and of every draw in the measurements. */
  seed: count,
  /** Adam's, at which a model is made to learn the erased classes again; null where that is not tried. */
  relearningRate: z.number().positive().nullable(),
  limits: z.array(limitSchema),
});
export type Thresholds = z.infer<typeof thresholdsSchema>;

export const verdictSchema = z.object({
  value: z.enum(['PASS', 'FAIL', 'INCONCLUSIVE']),
  /** `original`: there was no reference, so that less is claimed. */
  comparedWith: z.enum(['reference', 'original']),
  /** One plain paragraph. */
  reason: sentence,
});
export type Verdict = z.infer<typeof verdictSchema>;
