import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { erase, phases, runReference } from './measuring/paper-runs.ts';

/**
 * Recipe `paper` beside an independent PyTorch implementation of the same paper: same weights, same images, same steps.
 *
 *   npm run bench -- paper --data DIR --model FILE --reference unsir_torch.py [--seeds 3] [--python /usr/bin/python3]
 *
 * DIR holds CIFAR-10 as train/<class>/ and test/<class>/; FILE is a ResNet-18 as ONNX. The script prints one JSON object
 * of accuracies and seconds. Exits with 1 where the two differ by more than is allowed below.
 */

/** Percentage points. The random draws differ, so only the figures before the run can agree closely. */
const allowed = { before: 0.2, after: 8 };

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    model: { type: 'string' },
    reference: { type: 'string' },
    python: { type: 'string', default: '/usr/bin/python3' },
    seeds: { type: 'string', default: '3' },
  },
});
const settings = z
  .object({
    data: z.string(),
    model: z.string(),
    reference: z.string(),
    python: z.string(),
    seeds: z.coerce.number().int().positive(),
  })
  .safeParse(options);
if (!settings.success) {
  process.stderr.write(
    `--data, --model and --reference are needed.\n${z.prettifyError(settings.error)}\n`,
  );
  process.exit(2);
}
const { data, model, reference, python, seeds } = settings.data;

const trials = [
  { names: ['airplane'], indices: [0] },
  { names: ['airplane', 'bird'], indices: [0, 2] },
];
const stages = ['before', 'impaired', 'after'] as const;
let outside = 0;
for (const { names, indices } of trials) {
  const means = new Map<string, { ours: number[]; theirs: number[] }>();
  const record = (row: string, our: number, their: number): void => {
    const cells = means.get(row) ?? { ours: [], theirs: [] };
    cells.ours.push(our);
    cells.theirs.push(their);
    means.set(row, cells);
  };
  for (let seed = 0; seed < seeds; seed++) {
    const our = erase({ model, data, forget: names, seed });
    const their = runReference({
      ...{ python, reference, model, data, forget: indices, seed },
      threads: availableParallelism(),
    });
    for (const stage of stages) {
      const [one, other] = [our[stage], their[stage]];
      if (one === null || other === null) continue;
      record(`${stage} forget %`, one.forget, other.forget);
      record(`${stage} retain %`, one.retain, other.retain);
    }
    for (const phase of phases) {
      record(`${phase} seconds`, our.seconds[phase], their.seconds[phase]);
    }
  }
  console.log(`\nforget ${names.join(', ')}: mean of ${String(seeds)} seeds (lowest to highest)`);
  console.log(`${''.padEnd(18)}${'Lethe'.padEnd(28)}${'PyTorch'.padEnd(28)}difference`);
  for (const [row, cells] of means) {
    const [our, their] = [mean(cells.ours), mean(cells.theirs)];
    const timed = row.endsWith('seconds');
    const limit = row.startsWith('before') ? allowed.before : allowed.after;
    const wrong = !timed && Math.abs(our - their) > limit;
    if (wrong) outside++;
    const difference = timed
      ? `× ${(our / their).toFixed(2)}`
      : `${(our - their).toFixed(2)} (allowed ± ${String(limit)})${wrong ? ' OUTSIDE' : ''}`;
    console.log(
      `${row.padEnd(18)}${spread(cells.ours).padEnd(28)}${spread(cells.theirs).padEnd(28)}${difference}`,
    );
  }
}
console.log(
  outside === 0 ? '\nwithin the limits' : `\n${String(outside)} figures outside the limits`,
);
process.exitCode = outside === 0 ? 0 : 1;

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function spread(values: readonly number[]): string {
  return `${mean(values).toFixed(2)} (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`;
}
