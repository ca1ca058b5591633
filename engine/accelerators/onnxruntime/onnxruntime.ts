import { findBackendFactory, registerBackend } from '@tensorflow/tfjs-core';
import type { Accelerator } from '../accelerator.ts';
import { processor } from '../processor.ts';
import { OnnxruntimeBackend, type OnnxruntimeSettings } from './backend.ts';
import { BACKEND_NAME, registerKernels } from './kernel.ts';
import { adamKernels } from './kernels/adam.ts';
import { batchNormalizationKernels } from './kernels/batch-normalization.ts';
import { convolutionKernels } from './kernels/convolution.ts';
import { depthwiseConvolutionKernels } from './kernels/depthwise-convolution.ts';
import { elementWiseKernels } from './kernels/element-wise.ts';
import { geluKernels } from './kernels/gelu.ts';
import { layerNormalizationKernels } from './kernels/layer-normalization.ts';
import { layoutKernels } from './kernels/layout.ts';
import { matrixProductKernels } from './kernels/matrix-product.ts';
import { normalizedProjectionKernels } from './kernels/normalized-projection.ts';
import { poolingKernels } from './kernels/pooling.ts';
import { reductionKernels } from './kernels/reduction.ts';
import { softmaxKernels } from './kernels/softmax.ts';
import { loadBinding, onnxruntimeVersion, threads } from './session.ts';

/** Graphs on ONNX Runtime: fast on any processor. */
export const onnxruntime: Accelerator = {
  name: BACKEND_NAME,
  start() {
    loadBinding();
    registerOnnxruntime();
    return Promise.resolve({ version: onnxruntimeVersion(), threads, device: processor() });
  },
};

/** Makes the backend known to tfjs, unless it is. Its addon is loaded when it is first set. */
export function registerOnnxruntime(settings: OnnxruntimeSettings = {}): void {
  if (findBackendFactory(BACKEND_NAME) !== null) return;
  registerKernels([
    ...adamKernels,
    ...batchNormalizationKernels,
    ...convolutionKernels,
    ...depthwiseConvolutionKernels,
    ...elementWiseKernels,
    ...geluKernels,
    ...layerNormalizationKernels,
    ...layoutKernels,
    ...matrixProductKernels,
    ...normalizedProjectionKernels,
    ...poolingKernels,
    ...reductionKernels,
    ...softmaxKernels,
  ]);
  registerBackend(BACKEND_NAME, () => new OnnxruntimeBackend(settings));
}
