import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCases, stagingFolder } from '../../../app/cases/cases.ts';
import { people, sampleRun } from './sample-runs.ts';

/** A writer with a case that is running, or is finished but for moving its erased model, until it is killed. */
const [, , folder, output, moment] = process.argv;
const cases = openCases(folder, '0.1.0');
const staging = stagingFolder(output);
const erasedPath = join(staging, 'faces-erased.onnx');
const { plan, result } = sampleRun(people, [4], { erasedPath });
const id = cases.start({ plan, model: '/models/faces.onnx', data: '/pictures', staging, output });
writeFileSync(erasedPath, 'weights');
if (moment === 'finished') {
  cases.finish(id, result);
  mkdirSync(staging);
  renameSync(join(output, 'faces-erased.onnx'), erasedPath);
}
process.send?.('ready');
setInterval(() => cases.folder, 1000);
