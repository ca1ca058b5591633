import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { selectAccelerator } from '../../../engine/accelerators/accelerators.ts';
import { en } from '../../../app/certificate/messages/en.ts';
import {
  unitSchema,
  type Measurement,
  type Threshold,
  type Unit,
} from '../../../engine/protocol/finding.ts';
import { isMeasurement, type Comparison } from '../../../engine/verify/definition.ts';
import { definitions } from '../../../engine/verify/findings/findings.ts';
import { accuracyOver } from '../../../engine/verify/findings/retain-accuracy.ts';
import { makeEvidence } from '../verify/make-evidence.ts';

const text = readFileSync(new URL('../../../docs/findings.md', import.meta.url), 'utf8');

/** Of the document's table, the head left out. */
const rows = [...text.matchAll(/^\| (.+) \|$/gm)]
  .map(([, row]) => row.split('|').map((cell) => cell.trim()))
  .filter(([first]) => !/^(finding|-+)/.test(first))
  .map(([title, unit, needed, beside, without, reach = '']) => ({
    ...{ title, unit: unitSchema.parse(unit === '%' ? 'percent' : unit) },
    ...{ needed, beside, without, reach },
  }));

/** What the original and the reference come to. */
type Values = readonly [original: number, reference: number];
const values: Readonly<Record<'area' | 'bits' | 'others', readonly Values[]>> = {
  area: [
    [0.9, 0.6],
    [0.62, 0.505],
    [0.7, 0.8],
    [0.8, 0.64],
  ],
  bits: [
    [0, 0.2],
    [0, 0.02],
  ],
  others: [
    [60, 40],
    [40, 60],
    [97, 2],
    [60, 54],
    [70, 62],
  ],
};

const images = { train: 20, test: 50 };
const beside: Comparison = {
  original: makeEvidence({ sha256: 'a', seed: 1, isRetrained: false, images }),
  // It has no output for the class, so that nothing can be drawn for one.
  reference: makeEvidence({ sha256: 'b', seed: 2, isRetrained: true, images }),
  ...{ shadows: null, forget: [0], retain: [1, 2, 3, 4, 5], seed: 0 },
};

const measured = (value: number, unit: Unit): Measurement => ({
  ...{ value, unit, interval: [value, value], samples: 100, figures: [] },
});

/** Of the original and the reference, what is chance, by the document. */
const chances =
  /\((?<probe>\d+) points .+?, (?<likeness>\d+) of\s.+?, (?<area>[\d.]+) of an area\)/s.exec(
    text,
  )?.groups;

function chanceOf(title: string): number {
  const { probe, likeness, area } = chances ?? {};
  return Number(
    title === 'Found in the inner features'
      ? probe
      : title === 'Found by likeness'
        ? likeness
        : area,
  );
}

/** "lower − 5", as a number. */
function valueOf(words: string, known: Readonly<Record<string, number>>): number {
  const {
    base = '',
    sign,
    step = '0',
  } = /^(?<base>[a-z -]+?|−?[\d.]+)( (?<sign>[+−]) (?<step>[\d.]+))?$/.exec(words)?.groups ?? {};
  return (known[base] ?? Number(base.replace('−', '-'))) + (sign === '−' ? -1 : 1) * Number(step);
}

/** A cell of the table, as a threshold. */
function asked(
  cell: string,
  reach: string,
  [original, reference]: Values,
  chance: number,
): Omit<Threshold, 'basis' | 'reason'> {
  const { sign, limits, larger, open } =
    /^(?<sign>[≤≥]) (?<limits>.+?)(?<larger>, what is more)?(, or what chance would do)?(?<open>, or open)?$/.exec(
      cell,
    )?.groups ?? {};
  const known = {
    ...{ original, reference, lower: Math.min(original, reference) },
    'the best-known class': Math.max(...beside.retain.map(accuracyOfOriginal)),
    'a quarter of the reference': reference / 4,
    'half way': original - reference > chance ? (original + reference) / 2 : Infinity,
  };
  const parts = limits.split(' or ').map((words) => valueOf(words, known));
  const limit = larger === undefined ? Math.min(...parts) : Math.max(...parts);
  return {
    direction: sign === '≤' ? 'at-most' : 'at-least',
    limit,
    reach: reach === '' ? limit : valueOf(reach, { limit }),
    beyond: open === undefined ? 'fail' : 'open',
  };
}

function accuracyOfOriginal(label: number): number {
  return accuracyOver(beside.original.test, [label])?.value ?? Number.NaN;
}

function expectAlike(threshold: Threshold, expected: ReturnType<typeof asked>): void {
  const { direction, beyond, limit, reach } = threshold;
  expect([direction, beyond]).toEqual([expected.direction, expected.beyond]);
  expect(limit).toBeCloseTo(expected.limit, 9);
  expect(reach).toBeCloseTo(expected.reach, 9);
}

beforeAll(async () => {
  await selectAccelerator('onnxruntime');
});

describe('the document of what a PASS asks', () => {
  it('has all findings, in their order', () => {
    expect(rows.map(({ title }) => title)).toEqual(
      definitions.map(({ name }) => en.findings.titles[name].title),
    );
  });

  it.each(rows)('says of “$title” what the program asks', async (row) => {
    const definition = definitions.find(({ name }) => en.findings.titles[name].title === row.title);
    if (definition === undefined) throw new RangeError(row.title);
    const whenRequired = definition.isAsked === undefined ? 'yes' : 'if several';
    const isOnDemand = definition.name === 'membership-shadow-models';
    expect(row.needed).toBe(isOnDemand ? 'if asked' : definition.required ? whenRequired : 'no');
    const alone: Comparison = { ...beside, reference: null };
    const { unit } = row;
    for (const pair of values[unit === 'area' || unit === 'bits' ? unit : 'others']) {
      const [original, reference] = pair.map((value) => measured(value, row.unit));
      expectAlike(
        definition.threshold({ original, reference }, beside),
        asked(row.beside, row.reach, pair, chanceOf(row.title)),
      );
      if (row.without === 'not measured') {
        expect(isMeasurement(await definition.measure(beside.original, alone))).toBe(false);
      } else {
        expectAlike(
          definition.threshold({ original, reference: null }, alone),
          asked(row.without, row.reach, pair, chanceOf(row.title)),
        );
      }
    }
  });

  it('says the unit that each is measured in', async () => {
    for (const [at, definition] of definitions.entries()) {
      const outcome = await definition.measure(beside.original, beside);
      if (isMeasurement(outcome)) expect(rows[at]).toMatchObject({ unit: outcome.unit });
    }
  });
});
