import { z } from 'zod';
import { findingSchema, thresholdsSchema, verdictSchema } from './finding.ts';
import { problemSchema } from './problem.ts';
import { recipeNameSchema, recipeSchema } from './recipe.ts';

/**
 * Everything that the app and the engine process say to each other, over the process's own IPC channel.
 * A job is one command and all that follows from it, under the command's `job` identifier:
 * any number of `notice`, `progress` and (for `erase`) one `prepared`, then exactly one `result` or `failure`.
 */

const jobId = z.string().min(1).max(64);
const path = z.string().min(1).max(4096);
const count = z.int().nonnegative();
const percent = z.number().min(0).max(100);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

// ---------------------------------------------------------------------------------------------- parts

export const acceleratorNameSchema = z.enum(['tensorflow', 'webgpu', 'onnxruntime', 'cpu']);
export type AcceleratorName = z.infer<typeof acceleratorNameSchema>;

/** What an accelerator computes on. `software-gpu` is a graphics card imitated by the processor: right, and very slow. */
export const deviceSchema = z.object({
  kind: z.enum(['cpu', 'gpu', 'software-gpu']),
  /** As its driver calls it. */
  name: z.string().min(1),
});
export type Device = z.infer<typeof deviceSchema>;

/** The outcome of a few training steps, compared with those of `cpu`. */
export const selfTestSchema = z.object({
  passed: z.boolean(),
  /** Largest absolute difference of any trained weight from the `cpu` accelerator's. */
  largestDifference: z.number().nonnegative(),
});
export type SelfTest = z.infer<typeof selfTestSchema>;

/** The accelerator of one run. */
export const acceleratorInfoSchema = z.object({
  name: acceleratorNameSchema,
  version: z.string(),
  /** Of the processor, that one operation is spread over. */
  threads: z.int().positive(),
  device: deviceSchema,
  selfTest: selfTestSchema,
});
export type AcceleratorInfo = z.infer<typeof acceleratorInfoSchema>;

/** What a machine makes of one accelerator. */
export const acceleratorReportSchema = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('ready'),
    name: acceleratorNameSchema,
    info: acceleratorInfoSchema,
    /** Multiplications and additions in a second, of a training step's convolutions. */
    operationsPerSecond: z.number().positive(),
  }),
  z.object({
    /** `missing`: the machine lacks what it needs. `failed`: that is there, and does not work. */
    state: z.enum(['missing', 'failed']),
    name: acceleratorNameSchema,
    /** For the officer, in a sentence or two. */
    reason: z.string().min(1),
    /** For the engineer; may be empty. */
    detail: z.string(),
  }),
]);
export type AcceleratorReport = z.infer<typeof acceleratorReportSchema>;

export const modelFormatSchema = z.enum(['onnx', 'tfjs-layers']);

export const modelInfoSchema = z.object({
  format: modelFormatSchema,
  /** Of the file; for a model of several files, of their digests in name order. */
  sha256,
  /** In words: "ONNX graph: 20 Conv, 20 BatchNormalization, 1 Gemm". */
  architecture: z.string(),
  /** Trainable numbers in the model. */
  parameters: count,
  /** [height, width, channels] of one image. */
  inputShape: z.tuple([z.int().positive(), z.int().positive(), z.int().positive()]),
  classCount: z.int().positive(),
  /** Null when the file carries none: then the data's folder names, in alphabetical order, are taken. */
  classNames: z.array(z.string()).nullable(),
});
export type ModelInfo = z.infer<typeof modelInfoSchema>;

export const splitSchema = z.enum(['train', 'test']);
export type Split = z.infer<typeof splitSchema>;

export const datasetInfoSchema = z.object({
  source: z.enum(['image-folder', 'idx']),
  classNames: z.array(z.string()),
  /** Images per class, in the order of `classNames`. */
  counts: z.object({ train: z.array(count), test: z.array(count) }),
  /** [height, width, channels] of every image. */
  imageShape: z.tuple([z.int().positive(), z.int().positive(), z.int().positive()]),
  /** Over the names and sizes of all files, or over the files themselves for IDX: it names the data, cheaply. */
  digest: sha256,
});
export type DatasetInfo = z.infer<typeof datasetInfoSchema>;

/** `custom` carries its own figures; the others are named after what they stand for. */
export const preprocessingSchema = z.object({
  name: z.enum(['zero-to-one', 'minus-one-to-one', 'imagenet', 'cifar10', 'custom']),
  /** Per channel: (byte / 255 − mean) / std. One value serves every channel. */
  mean: z.array(z.number()).min(1).max(4),
  std: z.array(z.number().positive()).min(1).max(4),
});
export type Preprocessing = z.infer<typeof preprocessingSchema>;

/** Accuracy with each preprocessing tried. */
export const preprocessingTrialsSchema = z.array(
  z.object({ name: preprocessingSchema.shape.name, accuracy: percent }),
);

/** A PNG image as a data URL. It lives in memory only. */
export const thumbnailSchema = z.string().startsWith('data:image/png;base64,');

/** Accuracy on test images. Null where there is no test image. */
export const accuracySchema = z.object({
  perClass: z.array(percent.nullable()),
  /** Over all test images of the forget classes, and of the retain classes. */
  forget: percent.nullable(),
  retain: percent.nullable(),
});
export type Accuracy = z.infer<typeof accuracySchema>;

/** Why an image is read. `noise`, `impair`, `repair` and `unlearn` are what "while erasing" counts. */
export const readPhaseSchema = z.enum([
  'preview',
  'preprocessing',
  'train',
  'noise',
  'impair',
  'repair',
  'unlearn',
  'measure',
]);
export type ReadPhase = z.infer<typeof readPhaseSchema>;

/** Images handed out, per phase and class, in the order of the data's class names. */
export const readCountsSchema = z.partialRecord(readPhaseSchema, z.array(count));
export type ReadCounts = z.infer<typeof readCountsSchema>;

// ------------------------------------------------------------------------------------------- commands

const dataSelection = {
  data: path,
  /** Scale images to the model's input instead of refusing those of another size. */
  resize: z.boolean(),
};

export const inspectCommandSchema = z.object({
  type: z.literal('inspect'),
  job: jobId,
  model: path,
});

export const acceleratorsCommandSchema = z.object({ type: z.literal('accelerators'), job: jobId });

export const previewCommandSchema = z.object({
  type: z.literal('preview'),
  job: jobId,
  data: path,
  thumbnailsPerClass: z.int().min(0).max(16),
});

/** Where a model trained without the forget classes comes from. */
export const referenceChoiceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('given'), path }),
  /** Trained here on the images of the retain classes, and kept in `folder` for the next erasure of the same classes. */
  z.object({ kind: z.literal('retrained'), folder: path }),
]);
export type ReferenceChoice = z.infer<typeof referenceChoiceSchema>;

/** Each image is learned by half of them. */
export const shadowModelCountSchema = z.int().min(4).max(256).multipleOf(2);

export const eraseCommandSchema = z.object({
  type: z.literal('erase'),
  job: jobId,
  model: path,
  ...dataSelection,
  forget: z.array(z.string().min(1)).min(1),
  /** Null: the best for the images at hand. */
  recipe: recipeNameSchema.nullable(),
  /** A model to compare with. Null: findings are compared with the original, which proves less. */
  reference: referenceChoiceSchema.nullable(),
  /** Try, where there is a reference, how fast the model learns the classes again. Takes training steps. */
  relearning: z.boolean(),
  /** So many models are trained and made to forget for an attack on single images. Null: it is not tried. */
  shadowModels: shadowModelCountSchema.nullable(),
  seed: count,
  /** A preset's name, or `custom:mean=…;std=…`. Null: the presets are tried on the retain sample and the best is taken. */
  preprocessing: z.string().nullable(),
  /** Null: chosen by what the machine offers. */
  accelerator: acceleratorNameSchema.nullable(),
  /**
   * One of several that are compared and that nobody may rely on: what was measured of the original and the reference for the
   * one before is not measured again.
   */
  trial: z.boolean(),
  /** Where the erased model is written: a file for ONNX, a folder for TF.js. Must not exist. */
  output: path,
});

/** What a model makes of images: which of its classes they are of, how they are to be prepared, how many it recognises. */
export const surveyCommandSchema = z.object({
  type: z.literal('survey'),
  job: jobId,
  model: path,
  ...dataSelection,
  /** A preset's name, or `custom:mean=…;std=…`. Null: the presets are tried on images of all classes. */
  preprocessing: z.string().nullable(),
  /** Of the split into training and test images, where the data has none. */
  seed: count,
  /** Null: chosen by what the machine offers. */
  accelerator: acceleratorNameSchema.nullable(),
});

/** What a model says when it is shown images of some classes. */
export const showCommandSchema = z.object({
  ...surveyCommandSchema.shape,
  type: z.literal('show'),
  preprocessing: z.string(),
  /** By name; of each, so many images at most: test images, where there are any. */
  classes: z.array(z.string().min(1)).min(1),
  imagesPerClass: z.int().min(1).max(16),
});

/** Said by the app once the entry that opens a run is in the ledger. Before it, the engine changes nothing. */
export const proceedCommandSchema = z.object({ type: z.literal('proceed'), job: jobId });

/** Findings on a model that was made to forget, here or elsewhere. */
export const verifyCommandSchema = z.object({
  type: z.literal('verify'),
  job: jobId,
  model: path,
  original: path,
  /** A model to compare with. Null: findings are compared with the original, which proves less. */
  reference: referenceChoiceSchema.nullable(),
  ...dataSelection,
  forget: z.array(z.string().min(1)).min(1),
  /** Of the sample of images and all other draws. */
  seed: count,
  /** Of all models. Null: the presets are tried on the original, and the best is taken. */
  preprocessing: z.string().nullable(),
  /** Null: chosen by what the machine offers. */
  accelerator: acceleratorNameSchema.nullable(),
  /** Try, where there is a reference, how fast the model learns the classes again. Takes training steps. */
  relearning: z.boolean(),
});

export const trainCommandSchema = z.object({
  type: z.literal('train'),
  job: jobId,
  ...dataSelection,
  preprocessing: z.string(),
  epochs: z.int().positive(),
  batchSize: z.int().positive(),
  learningRate: z.number().positive(),
  seed: count,
  accelerator: acceleratorNameSchema.nullable(),
  output: path,
});

export const cancelCommandSchema = z.object({ type: z.literal('cancel'), job: jobId });

export const commandSchema = z.discriminatedUnion('type', [
  acceleratorsCommandSchema,
  inspectCommandSchema,
  previewCommandSchema,
  surveyCommandSchema,
  showCommandSchema,
  eraseCommandSchema,
  proceedCommandSchema,
  verifyCommandSchema,
  trainCommandSchema,
  cancelCommandSchema,
]);
export type Command = z.infer<typeof commandSchema>;
export type InspectCommand = z.infer<typeof inspectCommandSchema>;
export type PreviewCommand = z.infer<typeof previewCommandSchema>;
export type SurveyCommand = z.infer<typeof surveyCommandSchema>;
export type ShowCommand = z.infer<typeof showCommandSchema>;
export type EraseCommand = z.infer<typeof eraseCommandSchema>;
export type VerifyCommand = z.infer<typeof verifyCommandSchema>;
export type TrainCommand = z.infer<typeof trainCommandSchema>;

// -------------------------------------------------------------------------------------------- results

export const acceleratorsResultSchema = z.object({
  type: z.literal('accelerators'),
  accelerators: z.array(acceleratorReportSchema),
  /** The one that a run takes if none is asked for. */
  chosen: acceleratorNameSchema,
});

export const inspectResultSchema = z.object({ type: z.literal('inspect'), model: modelInfoSchema });

export const previewResultSchema = z.object({
  type: z.literal('preview'),
  data: datasetInfoSchema,
  /** Per class. */
  thumbnails: z.array(z.array(thumbnailSchema)),
});

export const surveyResultSchema = z.object({
  type: z.literal('survey'),
  /** Of the model. */
  classNames: z.array(z.string()),
  preprocessing: preprocessingSchema,
  /** Best first; empty when it was given. */
  preprocessingTrials: preprocessingTrialsSchema,
  /** On a sample of the test images, of each class of the model; null where there is no test image. */
  accuracy: z.array(percent.nullable()),
  /** Over all classes. */
  overall: percent.nullable(),
  /** In the sample. */
  images: count,
});

export const showResultSchema = z.object({
  type: z.literal('show'),
  /** Of the model. */
  classNames: z.array(z.string()),
  pictures: z.array(
    z.object({
      /** Which class it is of: an index of the model. */
      class: count,
      thumbnail: thumbnailSchema,
      /** What the model says of it, the surest first: indices of classes, and percent. */
      answers: z.array(z.object({ class: count, percent })),
    }),
  ),
});

/** What a run is about to do, established and checked before anything is changed. */
export const erasePlanSchema = z.object({
  model: modelInfoSchema,
  data: datasetInfoSchema,
  classNames: z.array(z.string()),
  /** Class indices of the model, ascending. */
  forget: z.array(count).min(1),
  retain: z.array(count).min(1),
  /** Training images per class that erasing may read; of forget classes 0, unless the recipe learns from them. */
  retainSample: z.array(count),
  preprocessing: preprocessingSchema,
  /** Accuracy on the retain sample with each preprocessing tried, best first; empty when it was given. */
  preprocessingTrials: preprocessingTrialsSchema,
  recipe: recipeSchema,
  /** Why this recipe, in a sentence; null when it was asked for. */
  recipeReason: z.string().nullable(),
  accelerator: acceleratorInfoSchema,
  reference: modelInfoSchema.nullable(),
  /** What will be asked of the erased model. */
  thresholds: thresholdsSchema,
});
export type ErasePlan = z.infer<typeof erasePlanSchema>;

export const eraseResultSchema = z.object({
  type: z.literal('erase'),
  before: accuracySchema,
  /** Between impair and repair, as the published recipe has it; null where nobody looked. */
  impaired: accuracySchema.nullable(),
  after: accuracySchema,
  findings: z.array(findingSchema),
  verdict: verdictSchema,
  /** What was decided on the way and why, in sentences that name no class. */
  account: z.array(z.string().min(1)),
  reads: readCountsSchema,
  /** Images of forget classes read in the phases that change weights. */
  imagesReadOfForgetClasses: count,
  seconds: z.object({
    noise: z.number().nonnegative().optional(),
    impair: z.number().nonnegative().optional(),
    repair: z.number().nonnegative().optional(),
    unlearn: z.number().nonnegative().optional(),
    /** Of the whole job from `proceed` on, measuring and saving included. */
    total: z.number().nonnegative(),
  }),
  /** Largest resident memory of the engine process, bytes. */
  peakBytes: count,
  erased: z.object({
    path,
    sha256,
    /** Largest absolute difference of the saved model's logits from the engine's, on test images. */
    largestLogitDifference: z.number().nonnegative(),
  }),
});
export type EraseResult = z.infer<typeof eraseResultSchema>;

export const verifyResultSchema = z.object({
  type: z.literal('verify'),
  model: modelInfoSchema,
  original: modelInfoSchema,
  reference: modelInfoSchema.nullable(),
  data: datasetInfoSchema,
  /** Of the original. */
  classNames: z.array(z.string()),
  preprocessing: preprocessingSchema,
  accelerator: acceleratorInfoSchema,
  thresholds: thresholdsSchema,
  findings: z.array(findingSchema),
  verdict: verdictSchema,
  /** Where the reference comes from, if there is one, in sentences that name no class. */
  account: z.array(z.string().min(1)),
  reads: readCountsSchema,
  seconds: z.number().nonnegative(),
});
export type VerifyResult = z.infer<typeof verifyResultSchema>;

export const trainResultSchema = z.object({
  type: z.literal('train'),
  model: modelInfoSchema,
  path,
  accuracy: z.object({ perClass: z.array(percent.nullable()), overall: percent.nullable() }),
  seconds: z.number().nonnegative(),
});
export type TrainResult = z.infer<typeof trainResultSchema>;

export const resultSchema = z.discriminatedUnion('type', [
  acceleratorsResultSchema,
  inspectResultSchema,
  previewResultSchema,
  surveyResultSchema,
  showResultSchema,
  eraseResultSchema,
  verifyResultSchema,
  trainResultSchema,
]);
export type Result = z.infer<typeof resultSchema>;
export type AcceleratorsResult = z.infer<typeof acceleratorsResultSchema>;
export type InspectResult = z.infer<typeof inspectResultSchema>;
export type PreviewResult = z.infer<typeof previewResultSchema>;
export type SurveyResult = z.infer<typeof surveyResultSchema>;
export type ShowResult = z.infer<typeof showResultSchema>;

// --------------------------------------------------------------------------------------------- events

export const phaseSchema = z.enum([
  'loading',
  'preprocessing',
  'training-reference',
  'training-shadow-models',
  'measuring-before',
  'measuring-reference',
  'fixing-thresholds',
  'noise',
  'impair',
  'measuring-impaired',
  'repair',
  'unlearn',
  'measuring-after',
  'relearning',
  'judging',
  'saving',
  'train',
]);
export type Phase = z.infer<typeof phaseSchema>;

export const progressSchema = z.object({
  type: z.literal('progress'),
  job: jobId,
  phase: phaseSchema,
  /** Steps done, of `steps`, in this phase. */
  step: count,
  steps: count,
  loss: z.number().nullable(),
  /** Running accuracy of the phase so far, percent, where the phase sees labelled images. */
  accuracy: percent.nullable(),
  imagesPerSecond: z.number().nonnegative().nullable(),
  /** For the whole job, seconds; null until there is something to go by. */
  secondsLeft: z.number().nonnegative().nullable(),
});
export type Progress = z.infer<typeof progressSchema>;

export const engineEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), version: z.string() }),
  z.object({ type: z.literal('heartbeat'), residentBytes: count }),
  /** Something the officer should know that stops nothing. */
  z.object({ type: z.literal('notice'), job: jobId, sentence: z.string() }),
  z.object({ type: z.literal('prepared'), job: jobId, plan: erasePlanSchema }),
  progressSchema,
  z.object({ type: z.literal('result'), job: jobId, result: resultSchema }),
  /** `job` is null when the command itself could not be read. */
  z.object({ type: z.literal('failure'), job: jobId.nullable(), problem: problemSchema }),
]);
export type EngineEvent = z.infer<typeof engineEventSchema>;
