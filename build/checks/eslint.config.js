import eslint from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import { defineConfig } from 'eslint/config';
import { fileURLToPath } from 'node:url';
import tseslint from 'typescript-eslint';

const network = ['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource'].map((name) => ({
  name,
  message: 'Neither engine nor renderer knows a network.',
}));

export default defineConfig(
  {
    ignores: [
      'dist/',
      'test-results/',
      'test/arch/fixtures/',
      // Generated from onnx.proto.
      'engine/models/onnx/onnx_pb.*',
    ],
  },
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  svelte.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: fileURLToPath(new URL('../..', import.meta.url)),
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      eqeqeq: 'error',
      '@typescript-eslint/consistent-type-assertions': [
        'error',
        { assertionStyle: 'as', objectLiteralTypeAssertions: 'never' },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unsafe-type-assertion': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // Types promise more than untyped input and the types of other people's packages hold: checks may stay.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-useless-default-assignment': 'off',
      // Protobuf declares enum fields as numbers.
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      // It does not know Promise.withResolvers<void>().
      '@typescript-eslint/no-invalid-void-type': 'off',
    },
  },
  {
    files: ['test/**'],
    // expect.any(Number) and its like are `any`.
    rules: { '@typescript-eslint/no-unsafe-assignment': 'off' },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      // The type check knows the names of the browser.
      'no-undef': 'off',
      // The layout test cannot see an import of types in a component: compiling takes it away.
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(\\.\\./)+(app/(?!contract/)|engine/|build/|test/)',
              message: 'The renderer imports from outside itself only app/contract.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['engine/**', 'renderer/**'],
    rules: { 'no-restricted-globals': ['error', ...network] },
  },
  {
    // Plain JavaScript, for the Node that happens to be there and for ESLint itself.
    files: ['**/*.mjs', '**/*.js'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: Object.fromEntries(
        ['process', 'URL', 'Atomics', 'SharedArrayBuffer', 'Int32Array'].map((name) => [
          name,
          'readonly',
        ]),
      ),
    },
  },
);
