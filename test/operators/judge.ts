import type { KnownFailure } from './known-failures.ts';
import type { Results } from './results.ts';
import type { Setting } from './settings.ts';

interface Verdict {
  readonly passed: number;
  /** What is wrong, one sentence each. */
  readonly failures: readonly string[];
  /** Specs that failed, or were switched off, and why that is no failure. */
  readonly excused: readonly { readonly name: string; readonly reason: string }[];
}

/**
 * Judges what became of the suite in one setting.
 * @param onCpu what became of it on `cpu`, in the same run
 * @param known of all settings
 */
export function judge(
  setting: Setting,
  { specs, others }: Results,
  onCpu: Results,
  known: readonly KnownFailure[],
): Verdict {
  const failedOnCpu = new Set(
    onCpu.specs.filter(({ status }) => status === 'failed').map(({ name }) => name),
  );
  const reasons = new Map(
    known
      .filter(({ settings }) => settings.includes(setting.name))
      .map(({ spec, reason }) => [spec, reason]),
  );
  const failures = [...others];
  const excused: { name: string; reason: string }[] = [];
  const passed = specs.filter(({ status }) => status === 'passed');
  for (const { name } of passed)
    if (reasons.has(name)) failures.push(`${name}: it passes, and is a known failure.`);
  for (const { name, status, messages } of specs) {
    if (status === 'passed') continue;
    const reason =
      status === 'pending'
        ? 'It is switched off in the suite itself.'
        : (reasons.get(name) ?? (failedOnCpu.has(name) ? 'It fails on cpu, too.' : null));
    if (reason === null) failures.push(`${name}: ${messages.join(' ')}`);
    else excused.push({ name, reason });
  }
  const names = new Set(specs.map(({ name }) => name));
  for (const name of reasons.keys())
    if (!names.has(name)) failures.push(`${name}: there is no such spec to be a known failure.`);

  const executed = specs.filter(({ status }) => status !== 'pending');
  const throughGraphs = executed.filter(({ throughGraph }) => throughGraph);
  if (executed.length < setting.leastSpecs)
    failures.push(`Only ${executed.length} specs were executed, not ${setting.leastSpecs}.`);
  if (throughGraphs.length < setting.leastThroughGraphs)
    failures.push(
      `Only ${throughGraphs.length} specs ran a graph, not ${setting.leastThroughGraphs}.`,
    );
  return { passed: passed.length, failures, excused };
}
