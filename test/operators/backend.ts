import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util.js';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { OnnxruntimeBackend } from '../../engine/accelerators/onnxruntime/backend.ts';
import { registerOnnxruntime } from '../../engine/accelerators/onnxruntime/onnxruntime.ts';
import { Session } from '../../engine/accelerators/onnxruntime/session.ts';
import { settings } from './settings.ts';

/*
 * What has to stand before the suite is read: it declares its specs for the backends that it is told of.
 */

let runs = 0;

/** Runs of graphs so far. */
export function runsOfGraphs(): number {
  return runs;
}

const run = Reflect.get(Session.prototype, 'run');
Session.prototype.run = function (...call) {
  runs++;
  run.apply(this, call);
};

const setting = settings.find(({ name }) => name === process.argv[2]);
if (!setting) throw new Error(`there is no setting ${process.argv[2]}`);
const { onnxruntime } = setting;
const backendName = onnxruntime === null ? 'cpu' : 'onnxruntime';
if (onnxruntime !== null) {
  registerOnnxruntime();
  tf.removeBackend(backendName);
  tf.registerBackend(backendName, () => new OnnxruntimeBackend(onnxruntime));
}

/** The suite adds it to the names of its groups. */
const environment = { name: 'backend', backendName, isDataSync: true };
export const mark = ` ${environment.name} {}`;
setTestEnvs([environment]);

// Some specs draw numbers at random and expect of them what is only likely.
const generator = xoroshiro128plus(0);
Math.random = () => uniformFloat64(generator);
