import * as tf from '@tensorflow/tfjs-core';

export interface VariableGradients {
  readonly value: tf.Scalar;
  /** One for each variable, in the variables' order. */
  readonly gradients: tf.Tensor[];
}

/**
 * The gradients of a scalar by reverse accumulation, in the memory of one pass: what an operation had saved, and the
 * gradients of its results, go as soon as it is differentiated. `tf.variableGrads` gives the same gradients and keeps all
 * of that to the end, which is several times as much.
 */
export function variableGradients(
  compute: () => tf.Scalar,
  variables: readonly tf.Variable[],
): VariableGradients {
  const { value, grads } = tf.variableGrads(() => {
    const result = compute();
    releaseInPassing(tf.engine().state.activeTape ?? []);
    return result;
  }, [...variables]);
  return { value, gradients: variables.map(({ name }) => grads[name]) };
}

type Tape = ReturnType<typeof tf.engine>['state']['activeTape'];

/**
 * tfjs goes through the tape from its end: when it asks one operation for its gradients, it is done with the operation
 * behind it.
 */
function releaseInPassing(tape: Tape): void {
  let release = (): void => undefined;
  for (const node of tape) {
    const differentiate = node.gradient;
    if (differentiate === undefined) continue;
    node.gradient = (dys) => {
      release();
      // An operation may hand on the very tensor that it was given.
      const handedOn = new Set<tf.Tensor>();
      release = () => {
        tf.dispose(node.saved ?? []);
        // Where no gradient arrives, tfjs has null, whatever its types say.
        tf.dispose(dys.filter((dy) => !handedOn.has(dy)));
      };
      return Object.fromEntries(
        Object.entries(differentiate(dys)).map(([input, gradient]) => [
          input,
          () => {
            const dx = gradient();
            handedOn.add(dx);
            return dx;
          },
        ]),
      );
    };
  }
}
