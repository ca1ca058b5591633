import { Command } from 'commander';
import { EngineHost } from '../engine-host/engine-host.ts';
import type { ModelInfo } from '../../engine/protocol/protocol.ts';
import { jsonOption, reportingProblems, verboseOption } from './options.ts';
import { writeJson } from './reporter.ts';

export function inspectCommand(): Command {
  return new Command('inspect')
    .description('tell what a model file holds')
    .requiredOption('--model <path>', 'an .onnx file, or the folder of a TF.js Layers model')
    .addOption(jsonOption())
    .addOption(verboseOption())
    .addHelpText('after', '\nExample:\n  lethe inspect --model faces.onnx')
    .action(async (options: { model: string; json: boolean; verbose: boolean }) => {
      await reportingProblems(options, async () => {
        const engine = new EngineHost();
        try {
          const { model } = await engine.run<'inspect'>({ type: 'inspect', model: options.model });
          if (options.json) writeJson({ event: 'result', ...model });
          else process.stdout.write(describe(model));
        } finally {
          engine.close();
        }
      });
    });
}

function describe(model: ModelInfo): string {
  const [height, width, channels] = model.inputShape;
  const kind = channels === 1 ? 'grey' : 'colour';
  const names = model.classNames;
  const lines = [
    `Tells ${String(model.classCount)} classes apart in ${String(width)}×${String(height)} ${kind} images.`,
    '',
    `format        ${model.format}`,
    `architecture  ${model.architecture}`,
    `parameters    ${model.parameters.toLocaleString('en')}`,
    `classes       ${names === null ? 'not named in the file' : names.join(', ')}`,
    `SHA-256       ${model.sha256}`,
  ];
  return `${lines.join('\n')}\n`;
}
