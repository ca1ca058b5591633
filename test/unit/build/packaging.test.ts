import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FuseV1Options } from '@electron/fuses';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { buildVerifier } from '../../../build/verifier.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const project = fileURLToPath(new URL('../../..', import.meta.url));

/** electron-builder's own reading and checking of its configuration. */
const builderSchema = z.object({
  getConfig: z.function({
    input: [z.string(), z.string(), z.null()],
    output: z.promise(z.unknown()),
  }),
  validateConfiguration: z.function({
    input: [z.unknown(), z.object({ isEnabled: z.boolean() })],
    output: z.promise(z.unknown()),
  }),
});
const fromBuilder = createRequire(
  createRequire(import.meta.url).resolve('electron-builder/package.json'),
);
const builder = builderSchema.parse(fromBuilder('app-builder-lib/out/util/config/config'));

const filesSchema = z.object({
  files: z.array(z.union([z.string(), z.object({ filter: z.array(z.string()) })])),
  extraResources: z.array(z.object({ from: z.string(), to: z.string() })),
  asarUnpack: z.union([z.string(), z.array(z.string())]),
  linux: z.object({ target: z.array(z.string()) }),
  afterPack: z.string(),
});

test('packages by a configuration that electron-builder accepts', async () => {
  const read = await builder.getConfig(project, 'electron-builder.yml', null);
  await builder.validateConfiguration(read, { isEnabled: false });
  const { linux, afterPack } = filesSchema.parse(read);
  expect(linux.target).toEqual(['AppImage', 'deb']);
  expect(afterPack).toBe('build/fuses.mjs');
});

test('packages what is named and no development files, and the engine outside of the archive', async () => {
  const read = filesSchema.parse(await builder.getConfig(project, 'electron-builder.yml', null));
  const patterns = read.files.flatMap((file) => (typeof file === 'string' ? [file] : file.filter));
  const included = patterns.filter((pattern) => !pattern.startsWith('!'));
  expect(included.toSorted()).toEqual([
    'app/**',
    'dist/main/**',
    'dist/preload/**',
    'dist/renderer/**',
    'engine/**',
    'package-lock.json',
    'package.json',
    'renderer/**',
  ]);
  expect(read.asarUnpack).toEqual(expect.arrayContaining(['engine/**', 'node_modules/**']));
});

test('packages all of the stand-alone verifier, beside the application', async () => {
  const read = filesSchema.parse(await builder.getConfig(project, 'electron-builder.yml', null));
  const built = await buildVerifier(temporaryFolder());
  const names = built.map(({ path }) => basename(path));
  expect(read.extraResources.filter(({ to }) => to.startsWith('verifier/'))).toEqual(
    names.map((name) => ({ from: `dist/${name}`, to: `verifier/${name}` })),
  );
});

test('decides on every fuse that Electron has', async () => {
  const hook: unknown = await import(new URL('../../../build/fuses.mjs', import.meta.url).href);
  const { fuses } = z.object({ fuses: z.record(z.string(), z.unknown()) }).parse(hook);
  const all = Object.values(FuseV1Options).filter((option) => typeof option === 'number');
  expect(Object.keys(fuses)).toEqual(expect.arrayContaining(all.map(String)));
  expect(fuses).toMatchObject({ strictlyRequireAllFuses: true, [FuseV1Options.RunAsNode]: false });
});
