import { Command } from 'commander';
import { EngineHost } from '../engine-host/engine-host.ts';
import type { AcceleratorReport, AcceleratorsResult } from '../../engine/protocol/protocol.ts';
import { jsonOption, reportingProblems, verboseOption } from './options.ts';
import { writeJson } from './reporter.ts';

export function acceleratorsCommand(): Command {
  return new Command('accelerators')
    .description('tell what can compute on this machine, and how fast')
    .addOption(jsonOption())
    .addOption(verboseOption())
    .addHelpText('after', '\nExample:\n  lethe accelerators')
    .action(async (options: { json: boolean; verbose: boolean }) => {
      await reportingProblems(options, async () => {
        const engine = new EngineHost();
        try {
          const { accelerators, chosen } = await engine.run<'accelerators'>({
            type: 'accelerators',
          });
          if (options.json) writeJson({ event: 'result', accelerators, chosen });
          else process.stdout.write(describe({ accelerators, chosen }, options));
        } finally {
          engine.close();
        }
      });
    });
}

function describe(
  { accelerators, chosen }: Pick<AcceleratorsResult, 'accelerators' | 'chosen'>,
  { verbose }: { verbose: boolean },
): string {
  const lines = accelerators.flatMap((report) => [
    `${report.name}${report.name === chosen ? ' (a run takes this one, unless another is asked for)' : ''}`,
    ...linesOf(report, verbose).map((line) => `  ${line}`),
    '',
  ]);
  return lines.join('\n');
}

function linesOf(report: AcceleratorReport, verbose: boolean): string[] {
  if (report.state !== 'ready') {
    const state = report.state === 'missing' ? 'not on this machine' : 'does not work';
    const detail = verbose && report.detail !== '' ? report.detail.split('\n') : [];
    return [`${state}: ${report.reason}`, ...detail];
  }
  const { device, version, threads, selfTest } = report.info;
  const kinds = {
    cpu: `processor ${device.name}, ${threads === 1 ? '1 thread' : `${String(threads)} threads`}`,
    gpu: `graphics card ${device.name}`,
    'software-gpu': `graphics card imitated by the processor, ${device.name}`,
  };
  return [
    `ready, version ${version}, on ${kinds[device.kind]}`,
    `speed      ${significant(report.operationsPerSecond / 1e9)} GFLOP/s in a training step of convolutions`,
    `self-test  passed, ${selfTest.largestDifference === 0 ? 'it is what the others are compared with' : `weights within ${selfTest.largestDifference.toExponential(0)} of those of cpu`}`,
  ];
}

/** Two digits that count, however small the number. */
function significant(value: number): string {
  return String(Number(value.toPrecision(2)));
}
