import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { runLethe } from '../run-lethe.ts';
import { sampleModel, samplePictures } from '../sample.ts';
import { temporaryFolder } from '../temporary-folder.ts';

interface Attempt {
  readonly model?: string;
  readonly data?: string;
  readonly forget?: string;
  readonly more?: readonly string[];
}

/** Tries an erasure that must be refused before anything is written; gives the sentence it was refused with. */
async function refusal({ model, data, forget, more }: Attempt): Promise<string> {
  const folder = temporaryFolder();
  const [ledger, out] = [join(folder, 'ledger'), join(folder, 'out')];
  const { status, output, errors } = await runLethe([
    ...['erase', '--model', model ?? sampleModel, '--data', data ?? samplePictures],
    ...['--forget', forget ?? 'Elif T', '--ledger', ledger, '--out', out],
    ...['--accelerator', 'onnxruntime', ...(more ?? [])],
  ]);
  expect({ status, output }).toEqual({ status: 2, output: '' });
  expect(existsSync(out)).toBe(false);
  return errors;
}

async function picture(path: string, size: number): Promise<void> {
  const background = { r: 200, g: 120, b: 40 };
  await sharp({ create: { width: size, height: size, channels: 3, background } })
    .png()
    .toFile(path);
}

describe('lethe erase refuses, and writes nothing:', () => {
  it('a model that is not there', async () => {
    expect(await refusal({ model: 'nowhere.onnx' })).toMatch(/nowhere\.onnx/);
  });

  it('a file that is no model', async () => {
    const file = join(temporaryFolder(), 'notes.onnx');
    writeFileSync(file, 'Dear diary');
    expect(await refusal({ model: file })).toMatch(/ONNX file is damaged/);
  });

  it('data that is not there', async () => {
    expect(await refusal({ data: 'nowhere' })).toMatch(/nowhere/);
  });

  it('a class that the model does not have, with the nearest names', async () => {
    expect(await refusal({ forget: 'Elif' })).toMatch(/no class "Elif".*"Elif T"/);
  });

  it('images of another size, with the remedy', async () => {
    const data = join(temporaryFolder(), 'data');
    for (const split of ['train', 'test']) {
      mkdirSync(join(data, split, 'Noor F'), { recursive: true });
      await picture(join(data, split, 'Noor F', '1.png'), 64);
    }
    expect(await refusal({ data })).toMatch(/64×64.*48×48.*--resize/s);
  });

  it('data without training images of the classes to keep', async () => {
    const data = join(temporaryFolder(), 'data');
    cpSync(join(samplePictures, 'test'), join(data, 'test'), { recursive: true });
    mkdirSync(join(data, 'train'));
    cpSync(join(samplePictures, 'train', 'Elif T'), join(data, 'train', 'Elif T'), {
      recursive: true,
    });
    const more = ['--recipe', 'adaptive'];
    expect(await refusal({ data, more })).toMatch(/no training images of the classes to keep/);
  });

  it('data without test images of the classes to keep', async () => {
    const data = join(temporaryFolder(), 'data');
    cpSync(samplePictures, data, { recursive: true });
    rmSync(join(data, 'test'), { recursive: true });
    mkdirSync(join(data, 'test', 'Noor F'), { recursive: true });
    expect(await refusal({ data })).toMatch(/no test images of the classes to keep/);
  });

  it('preprocessing that makes the model guess', async () => {
    const inverted = join(temporaryFolder(), 'data');
    for (const split of ['train', 'test']) {
      for (const person of ['Noor F', 'Amara O']) {
        mkdirSync(join(inverted, split, person), { recursive: true });
        await picture(join(inverted, split, person, '1.png'), 48);
        await picture(join(inverted, split, person, '2.png'), 48);
      }
    }
    expect(await refusal({ data: inverted })).toMatch(/preprocessing/i);
  });

  it('an unknown preprocessing', async () => {
    const more = ['--preprocessing', 'sepia'];
    expect(await refusal({ more })).toMatch(/sepia.*zero-to-one/s);
  });

  it('an accelerator that this version does not have', async () => {
    const refused = await refusal({ more: ['--accelerator', 'webgpu'] });
    expect(refused).toMatch(/webgpu/);
  });
});
