import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Shape } from '../layout.ts';
import type { NodeReader } from '../node-reader.ts';

/** The shape of what is computed of two tensors, the smaller one repeated as in NumPy. */
export function broadcastShape(node: NodeReader, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const [first, second] = [a, b].map((shape) => [
    ...Array<number>(rank - shape.length).fill(1),
    ...shape,
  ]);
  return first.map((size, axis) => {
    const other = second[axis];
    if (size !== other && size !== 1 && other !== 1) {
      node.contradict(`joins tensors of shapes [${a.join(', ')}] and [${b.join(', ')}]`);
    }
    return size === 1 ? other : size;
  });
}

/** The tensor repeated as in NumPy. A sum with zeros: what its gradient adds up, that of tf.tile slices apart. */
export function repeated(tensor: Tensor, shape: Shape): Tensor {
  return tf.add(tensor, tf.zeros([...shape]));
}
