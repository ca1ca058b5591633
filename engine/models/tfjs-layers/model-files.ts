import { createHash } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { ProblemError } from '../../protocol/problem.ts';
import { quoted } from '../quoted.ts';
import { readModelFile, unreadable } from '../read-file.ts';

export const descriptionName = 'model.json';

/** Of model.json, which holds no weights. */
const largestDescription = 16 * 2 ** 20;
/** Of all weights together. */
const largestWeights = 2 ** 31 - 1;

const modelJsonSchema = z.object({
  format: z.string().optional(),
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: z
    .array(
      z.object({
        paths: z.array(z.string()).min(1),
        weights: z.array(
          z.object({
            name: z.string().min(1),
            shape: z.array(z.int().nonnegative()),
            dtype: z.string(),
            /** "optimizer" for what belongs to the training, not to the model. */
            group: z.string().optional(),
            quantization: z.unknown().optional(),
          }),
        ),
      }),
    )
    .min(1),
  userDefinedMetadata: z.unknown().optional(),
});
type ModelJson = z.infer<typeof modelJsonSchema>;

/** Weights that lie one after the other, as float32 numbers, in shards. */
export interface WeightGroup {
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** The shards' file names, and their sizes in bytes. */
  readonly shards: readonly { readonly name: string; readonly size: number }[];
}

/** A TensorFlow.js Layers model as its files describe it: everything but the weights' values. */
export interface ModelDescription {
  /** The bytes of model.json. */
  readonly json: Uint8Array;
  readonly topology: Record<string, unknown>;
  readonly groups: readonly WeightGroup[];
  readonly userDefinedMetadata: unknown;
}

/**
 * Reads model.json and the shards that it names. Nothing outside of the folder is read.
 * @returns with the values of each group of weights, and the SHA-256 of the files' SHA-256s in name order
 * @throws ProblemError `no-such-file`, `corrupt-model`, `unsupported-model`
 */
export async function readModelFolder(
  folder: string,
): Promise<{ description: ModelDescription; values: ArrayBuffer[]; sha256: string }> {
  const json = await readModelFile(join(folder, descriptionName), largestDescription);
  const model = parseModelJson(json);
  const sizes = new Map<string, number>();
  for (const name of model.weightsManifest.flatMap(({ paths }) => paths)) {
    sizes.set(name, await shardSize(folder, name));
  }
  const description = describeModel(json, model, sizes);

  const digests = new Map([[descriptionName, digestOf(json)]]);
  const values: ArrayBuffer[] = [];
  for (const { shards } of description.groups) {
    const group = new Uint8Array(shards.reduce((sum, { size }) => sum + size, 0));
    let filled = 0;
    for (const { name, size } of shards) {
      const shard = await readModelFile(join(folder, name), largestWeights);
      if (shard.length !== size) throw corrupt(`${quoted(name)} changed while it was read`);
      digests.set(name, digestOf(shard));
      group.set(shard, filled);
      filled += size;
    }
    values.push(group.buffer);
  }
  return { description, values, sha256: digestOfFiles(digests) };
}

/**
 * What a model.json says, checked by itself.
 * @throws ProblemError `corrupt-model`, `unsupported-model`
 */
export function parseModelJson(json: Uint8Array): ModelJson {
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch (error) {
    throw corrupt('its model.json is not JSON', String(error));
  }
  const format = z.looseObject({ format: z.string() }).safeParse(content);
  if (format.success && format.data.format !== 'layers-model') {
    throw new ProblemError(
      'unsupported-model',
      `This is a TensorFlow.js model of the format ${quoted(format.data.format)}, which can be run but not trained. Convert the original model to the format "layers-model".`,
    );
  }
  const parsed = modelJsonSchema.safeParse(content);
  if (!parsed.success) {
    throw corrupt(
      'its model.json does not describe a Layers model with its weights',
      z.prettifyError(parsed.error),
    );
  }
  const paths = parsed.data.weightsManifest.flatMap((group) => group.paths);
  paths.forEach(requirePlainName);
  const different = new Set([descriptionName, ...paths].map((path) => path.toLowerCase()));
  if (different.size <= paths.length) throw corrupt('its model.json names a file of weights twice');
  for (const weight of parsed.data.weightsManifest.flatMap((group) => group.weights)) {
    if (weight.quantization !== undefined || weight.dtype !== 'float32') {
      throw new ProblemError(
        'unsupported-model',
        `The model's weights ${quoted(weight.name)} are ${weight.quantization === undefined ? `of type ${weight.dtype.slice(0, 20)}` : 'quantized'}; only float32 weights can be trained. Convert the original model again without quantization.`,
      );
    }
    if (weight.group === 'optimizer') {
      throw new ProblemError(
        'unsupported-model',
        'The model was saved with the state of its optimizer, which could keep traces of what is erased. Save it without ("includeOptimizer": false).',
      );
    }
  }
  return parsed.data;
}

/**
 * Puts model.json and the sizes of its shards together.
 * @param sizes in bytes, by name
 * @throws ProblemError `corrupt-model` when a group's shards do not hold exactly its weights
 */
export function describeModel(
  json: Uint8Array,
  model: ModelJson,
  sizes: ReadonlyMap<string, number>,
): ModelDescription {
  const groups = model.weightsManifest.map(({ paths, weights }) => {
    const shards = paths.map((name) => ({ name, size: sizes.get(name) ?? 0 }));
    const held = shards.reduce((sum, { size }) => sum + size, 0);
    const needed = weights.reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);
    if (held !== needed) {
      throw corrupt(
        `its weights need ${String(needed)} bytes and ${paths.slice(0, 3).map(quoted).join(', ')} ${paths.length > 1 ? 'have' : 'has'} ${String(held)}`,
      );
    }
    return { weights, shards };
  });
  return {
    json,
    topology: model.modelTopology,
    groups,
    userDefinedMetadata: model.userDefinedMetadata,
  };
}

/** @param digests SHA-256 in hexadecimal, by file name */
export function digestOfFiles(digests: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256');
  for (const name of [...digests.keys()].sort()) hash.update(digests.get(name) ?? '', 'hex');
  return hash.digest('hex');
}

export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** How many numbers a tensor has. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** @param reason what is wrong, as the middle of a sentence */
export function corrupt(reason: string, detail = ''): ProblemError {
  return new ProblemError(
    'corrupt-model',
    `The TensorFlow.js model is damaged: ${reason}. Save the model again, or fetch its files anew from where they came.`,
    detail,
  );
}

function requirePlainName(path: string): void {
  const plain = path === basename(path) && !/[\\:\0]/.test(path) && path !== '.' && path !== '..';
  if (plain) return;
  throw new ProblemError(
    'unsupported-model',
    `The model's weights are said to be at ${quoted(path)}; Lethe reads weights only from files beside model.json. Put all files of the model into one folder.`,
  );
}

/** @throws ProblemError also where the name is a link that leads out of the folder */
async function shardSize(folder: string, name: string): Promise<number> {
  const path = join(folder, name);
  try {
    if (dirname(await realpath(path)) !== (await realpath(folder))) {
      throw new ProblemError(
        'unsupported-model',
        `${quoted(name)} is a link that leads out of the model's folder, and is not followed. Put the file itself there.`,
      );
    }
    return (await stat(path)).size;
  } catch (error) {
    throw error instanceof ProblemError ? error : unreadable(path, error);
  }
}
