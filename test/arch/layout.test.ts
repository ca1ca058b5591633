import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { describe, expect, test } from 'vitest';
import { layoutRules } from './layout-rules.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));
const fixtures = fileURLToPath(new URL('./fixtures', import.meta.url));
const folders = ['app', 'build', 'engine', 'renderer', 'test'];

test('the project keeps every rule of the layout', async () => {
  const { modules, summary } = await cruiseFolder(project);
  // Enough to know that it was the project that was looked at, components and all.
  expect(modules.map(({ source }) => source)).toEqual(
    expect.arrayContaining(['engine/engine.ts', 'renderer/screens/start/Start.svelte']),
  );
  expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual(
    [],
  );
});

test('every rule has a fixture that breaks it', () => {
  expect(readdirSync(fixtures).toSorted()).toEqual(layoutRules.map(({ name }) => name).toSorted());
});

describe.each(layoutRules.map(({ name }) => name))('%s', (rule) => {
  test('fires for each file of its fixture that breaks it, and for no other', async () => {
    const { modules, summary } = await cruiseFolder(join(fixtures, rule));
    const breaking = modules
      .map(({ source }) => source)
      .filter((source) => basename(source).startsWith('breaks-'));
    expect(breaking).not.toEqual([]);
    expect(new Set(summary.violations.map(({ from }) => from))).toEqual(new Set(breaking));
    expect(summary.violations.map((violation) => violation.rule.name)).toContain(rule);
  });
});

async function cruiseFolder(baseDir: string): Promise<ICruiseResult> {
  const present = readdirSync(baseDir).filter((name) => folders.includes(name));
  const { output } = await cruise(
    present,
    {
      baseDir,
      ruleSet: { forbidden: [...layoutRules] },
      validate: true,
      // Imports of types count too.
      tsPreCompilationDeps: true,
      doNotFollow: { path: 'node_modules' },
      exclude: { path: '^test/arch/fixtures/' },
    },
    { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  );
  if (typeof output === 'string') throw new Error(output);
  return output;
}
