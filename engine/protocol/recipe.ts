import { z } from 'zod';

/** All settings of one run: with the same model, data and accelerator they give the same weights, bit for bit. */

const count = z.int().nonnegative();
const many = z.int().positive();
const positive = z.number().positive();
const share = z.number().min(0).max(1);

const common = {
  seed: count,
  batchSize: many,
};

const noiseSchema = z.object({
  batchSize: many,
  steps: many,
  learningRate: positive,
  /** Weight of the mean, over the noise images, of their sum of squares. */
  decay: z.number().nonnegative(),
});

/** UNSIR as it was published. */
const paperSchema = z.object({
  name: z.literal('paper'),
  ...common,
  noise: noiseSchema,
  impair: z.object({
    noiseCopies: many,
    retainPerClass: many,
    epochs: many,
    learningRate: positive,
  }),
  repair: z.object({ retainPerClass: many, epochs: many, learningRate: positive }),
});

/** UNSIR that finds its rates, and repairs towards the original's own answers. Rates are relative to the size of weights. */
const adaptiveSchema = z.object({
  name: z.literal('adaptive'),
  ...common,
  /** Of each retain class, at most. */
  retainPerClass: many,
  /** Of the retain sample: what is never trained on, and watched. */
  heldOut: share,
  noise: noiseSchema,
  impair: z.object({
    steps: many,
    /** Of each batch. */
    noiseShare: share,
    relativeRate: positive,
    /** The held-out accuracy, as a share of the original's, that the impaired model is to end up between. */
    damage: z.object({ least: share, most: share }),
    /** How often the rate is halved or doubled, at most. */
    trials: many,
  }),
  repair: z.object({
    /** About so many are shown, all of the sample equally often. */
    images: many,
    relativeRate: positive,
    /** Weight of the distance of features from the mixture of the retain classes' means. */
    mixtureWeight: z.number().nonnegative(),
    /** Images are shifted by up to so much of their side, if the original bears it. */
    shift: share,
    /** The last so many times an image is shown as it is, neither shifted nor mirrored. */
    plainEpochs: count,
    /** More rounds, of half the images at half the rate, while the held-out accuracy gains from them. */
    rounds: count,
  }),
});

/** From nothing on all retain data: the gold standard. */
const retrainSchema = z.object({
  name: z.literal('retrain'),
  ...common,
  epochs: many,
  learningRate: positive,
  shift: share,
});

/** Training goes on, on the retain classes alone: what is not refreshed is to fade. */
const fineTuneSchema = z.object({
  name: z.literal('fine-tune'),
  ...common,
  retainPerClass: many,
  epochs: many,
  relativeRate: positive,
});

/** Up the gradient on images of the forget classes, down on those of the retain classes. */
const negativeGradientSchema = z.object({
  name: z.literal('negative-gradient'),
  ...common,
  forgetPerClass: many,
  retainPerClass: many,
  epochs: many,
  /** Of the first round; each that follows has twice the rate of the one before. */
  relativeRate: positive,
  /** At most: none follows once the forget classes are recognised no more. */
  rounds: many,
  /** Of the cross-entropy on the retain classes; the rest is that on the forget classes, negated. */
  retainWeight: share,
});

/** On images of the forget classes alone: towards the original's answers without those classes. */
const maskedDistillationSchema = z.object({
  name: z.literal('masked-distillation'),
  ...common,
  forgetPerClass: many,
  epochs: many,
  /** Of the first round; each that follows has twice the rate of the one before. */
  relativeRate: positive,
  /** At most: none follows once the forget classes are recognised no more. */
  rounds: many,
});

/** On images made from the model itself: nothing but its weights is needed. */
const classImpressionsSchema = z.object({
  name: z.literal('class-impressions'),
  ...common,
  impressions: z.object({
    /** Of all classes together. */
    images: many,
    /** Of these, those of the forget classes. */
    forgetShare: share,
    steps: many,
    learningRate: positive,
    /** Weights of the images' roughness (total variation) and of their distance from the running statistics. */
    smoothness: z.number().nonnegative(),
    statistics: z.number().nonnegative(),
  }),
  epochs: many,
  /** Of the first round; each that follows has twice the rate of the one before. */
  relativeRate: positive,
  /** At most: none follows once the forget classes are recognised no more. */
  rounds: many,
  shift: share,
});

export const recipeSchema = z.discriminatedUnion('name', [
  adaptiveSchema,
  paperSchema,
  retrainSchema,
  fineTuneSchema,
  negativeGradientSchema,
  maskedDistillationSchema,
  classImpressionsSchema,
]);
export type Recipe = z.infer<typeof recipeSchema>;
export type RecipeNamed<Name extends Recipe['name']> = Extract<Recipe, { name: Name }>;

export const recipeNameSchema = z.enum([
  'adaptive',
  'paper',
  'retrain',
  'fine-tune',
  'negative-gradient',
  'masked-distillation',
  'class-impressions',
]);
export type RecipeName = z.infer<typeof recipeNameSchema>;
