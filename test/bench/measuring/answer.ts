import { z } from 'zod';

/**
 * What measured programs, step.ts and speed_torch.py, say on standard output, a line of JSON each: `ready` once, then
 * an answer for each request that they read from standard input.
 */

/** A training step, a forward pass in inference mode, or a training step with the time that each kernel takes. */
export type Request = 'step' | 'forward' | 'kernels';

const kernelSchema = z.object({
  name: z.string(),
  calls: z.int().positive(),
  milliseconds: z.number().nonnegative(),
  /** Whether the accelerator has no kernel for it, and leaves it to that of `cpu`, in plain JavaScript. */
  fallback: z.boolean(),
});
export type Kernel = z.infer<typeof kernelSchema>;

const readySchema = z.object({
  event: z.literal('ready'),
  version: z.string(),
  device: z.string(),
  threads: z.int().positive(),
  /** Trainable numbers in the model. */
  parameters: z.int().positive(),
});
export type Ready = z.infer<typeof readySchema>;

const doneSchema = z.object({
  event: z.literal('done'),
  seconds: z.number().positive(),
  /** Most resident memory of the process so far. */
  peakBytes: z.int().positive(),
  /** Most time first; empty unless they were asked for. */
  kernels: z.array(kernelSchema),
});
export type Done = z.infer<typeof doneSchema>;

/** The program cannot do what it was asked for, or cannot start. */
const failedSchema = z.object({ event: z.literal('failed'), reason: z.string() });

export const answerSchema = z.discriminatedUnion('event', [readySchema, doneSchema, failedSchema]);
export type Answer = z.infer<typeof answerSchema>;
