import envPaths from 'env-paths';
import { InvalidArgumentError, Option } from 'commander';
import { toProblem } from '../../engine/protocol/problem.ts';
import { acceleratorNameSchema, shadowModelCountSchema } from '../../engine/protocol/protocol.ts';
import { exitCodeOf } from './exit-codes.ts';
import { reportProblem } from './reporter.ts';

/** Options that several commands share. */
export const ledgerOption = (): Option =>
  new Option('--ledger <folder>', 'the folder of the ledger')
    .env('LETHE_LEDGER')
    .default(envPaths('lethe', { suffix: '' }).data, 'the data folder of your account');

export const jsonOption = (): Option =>
  new Option('--json', 'print lines of JSON, for programs').default(false);

export const verboseOption = (): Option =>
  new Option('--verbose', 'with a failure, print the detail for engineers too').default(false);

export const seedOption = (): Option =>
  new Option('--seed <number>', 'of every random draw').argParser(parseSeed).default(0);

export const preprocessingOption = (): Option =>
  new Option(
    '--preprocessing <name>',
    'zero-to-one, minus-one-to-one, imagenet, cifar10, or custom:mean=0.5,0.5,0.5;std=0.2,0.2,0.2',
  ).default(null, 'the one that fits the images best');

export const resizeOption = (): Option =>
  new Option('--resize', "scale images to the model's input size").default(false);

export const acceleratorOption = (): Option =>
  new Option('--accelerator <name>', 'what computes')
    .choices(acceleratorNameSchema.options)
    .default(null, 'the fastest that works');

/** Runs a command's action; what it throws is told as a sentence and becomes the exit code. */
export async function reportingProblems(
  format: { json: boolean; verbose: boolean },
  action: () => Promise<void> | void,
): Promise<void> {
  try {
    await action();
  } catch (thrown) {
    const problem = toProblem(thrown);
    reportProblem(problem, format);
    process.exitCode = exitCodeOf(problem.code);
  }
}

/** @throws InvalidArgumentError */
export function parseShadowModelCount(text: string): number {
  const count = shadowModelCountSchema.safeParse(Number(text));
  if (count.success) return count.data;
  throw new InvalidArgumentError(
    'Each image is learned by half of the models: give an even number from 4 to 256.',
  );
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new InvalidArgumentError('A seed is a whole number from 0 up.');
  }
  return seed;
}
