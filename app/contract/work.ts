import { z } from 'zod';
import {
  acceleratorNameSchema,
  datasetInfoSchema,
  modelInfoSchema,
  phaseSchema,
  previewResultSchema,
  shadowModelCountSchema,
  showResultSchema,
  surveyResultSchema,
} from '../../engine/protocol/protocol.ts';
import { problemSchema } from '../../engine/protocol/problem.ts';
import { recipeNameSchema } from '../../engine/protocol/recipe.ts';
import { caseIdSchema } from './cases.ts';

/* What the engine is asked to do for a case, as the renderer sees it. */

export const pathSchema = z.string().min(1).max(4096);
const count = z.int().nonnegative();
const percent = z.number().min(0).max(100);

export const modelViewSchema = z.object({
  name: z.string(),
  path: pathSchema,
  info: modelInfoSchema,
});
export type ModelView = z.infer<typeof modelViewSchema>;

export const dataViewSchema = z.object({
  name: z.string(),
  path: pathSchema,
  info: datasetInfoSchema,
  /** A few pictures per class, as data URLs. */
  thumbnails: previewResultSchema.shape.thumbnails,
  notices: z.array(z.string()),
});
export type DataView = z.infer<typeof dataViewSchema>;

export const surveyViewSchema = surveyResultSchema.omit({ type: true }).extend({
  notices: z.array(z.string()),
});
export type SurveyView = z.infer<typeof surveyViewSchema>;

export const pictureAnswersSchema = showResultSchema.omit({ type: true });

/** How images are prepared for a model, where Lethe does not find it out by itself. */
export const imageSettingsSchema = z.strictObject({
  /** Scale images to the model's input instead of refusing those of another size. */
  resize: z.boolean(),
  /** A preset's name, or `custom:mean=…;std=…`. Null: the one that fits best. */
  preprocessing: z.string().min(1).max(200).nullable(),
});
export type ImageSettings = z.infer<typeof imageSettingsSchema>;

/** With so many the attack finds most of what it would find with any number. */
export const advisedShadowModels = 8;

export const recipeNames = recipeNameSchema.options;

/** What a result can be compared with besides the original. */
const referenceSchema = z.discriminatedUnion('kind', [
  /** A model trained without the forget classes. */
  z.strictObject({ kind: z.literal('given'), path: pathSchema }),
  /** Trained by Lethe. */
  z.strictObject({ kind: z.literal('retrained') }),
]);

/** How a run is to be done, where the officer wants it otherwise than Lethe proposes. */
export const runSettingsSchema = imageSettingsSchema.extend({
  /** Null: the best for the images at hand. */
  recipe: recipeNameSchema.nullable(),
  reference: referenceSchema.nullable(),
  relearning: z.boolean(),
  /** For an attack on single images. Null: it is not tried. */
  shadowModels: shadowModelCountSchema.nullable(),
  seed: count.max(Number.MAX_SAFE_INTEGER),
  /** Null: the one of the settings. */
  accelerator: acceleratorNameSchema.nullable(),
});
export type RunSettings = z.infer<typeof runSettingsSchema>;

/** One point of a run's curves. */
export const curvePointSchema = z.object({
  phase: phaseSchema,
  /** Of the whole run, 0 to 1, as far as can be told. */
  share: z.number().min(0).max(1),
  loss: z.number().nullable(),
  /** Of the images of this step alone, percent. */
  accuracy: percent.nullable(),
});

/** A run as it is now: all that a screen needs that comes back to it. */
export const runStateSchema = z.object({
  case: caseIdSchema,
  /** `ended` is told once, and the case says the rest. */
  state: z.enum(['preparing', 'running', 'cancelling', 'ended']),
  /** ISO 8601, UTC. */
  started: z.string(),
  phase: phaseSchema.nullable(),
  step: count,
  steps: count,
  secondsLeft: z.number().nonnegative().nullable(),
  /** How well the classes were recognised before, percent; null until it is known. */
  before: z.object({ forget: percent.nullable(), retain: percent.nullable() }).nullable(),
  curve: z.array(curvePointSchema).max(1000),
  notices: z.array(z.string()),
  /** What it failed with. */
  problem: problemSchema.nullable(),
});
export type RunState = z.infer<typeof runStateSchema>;
