import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { BufferPool } from '../../../engine/accelerators/onnxruntime/buffer-pool.ts';
import { normal, startOnnxruntime } from './comparison.ts';

describe('a pool of buffers', () => {
  it('gives out again what was given back, to whoever asks for that size', () => {
    const pool = new BufferPool(1000);
    const buffer = pool.take(100);
    pool.give(buffer);
    expect(pool.idleBytes).toBe(100);
    expect(pool.take(99)).not.toBe(buffer);
    expect(pool.take(100)).toBe(buffer);
    expect(pool.take(100)).not.toBe(buffer);
    expect(pool.idleBytes).toBe(0);
  });

  it('takes back only buffers of its own', () => {
    const pool = new BufferPool(1000);
    pool.give(new ArrayBuffer(100));
    expect(pool.idleBytes).toBe(0);
  });

  it('never takes back what it has disowned', () => {
    const pool = new BufferPool(1000);
    const buffer = pool.take(100);
    pool.disown(buffer);
    pool.give(buffer);
    expect(pool.take(100)).not.toBe(buffer);
  });

  it('lets the sizes unused for longest go when too much lies idle', () => {
    const pool = new BufferPool(250);
    const [first, second, third] = [pool.take(100), pool.take(110), pool.take(120)];
    for (const buffer of [first, second, third]) pool.give(buffer);
    expect(pool.idleBytes).toBe(230);
    expect(pool.take(100)).not.toBe(first);
    expect(pool.take(110)).toBe(second);
    expect(pool.take(120)).toBe(third);
  });
});

describe('memory of tensors', () => {
  it('is used again once a tensor is disposed of', () => {
    const backend = startOnnxruntime();
    const x = normal([1000]);
    const memoryOf = (tensor: tf.Tensor): ArrayBufferLike => {
      const { values } = backend.data.get(tensor.dataId);
      if (!ArrayBuffer.isView(values)) throw new Error('no numbers');
      return values.buffer;
    };
    const first = tf.relu(x);
    const memory = memoryOf(first);
    first.dispose();
    expect(memoryOf(tf.neg(x))).toBe(memory);
  });

  it('stays untouched while another tensor has the same values', () => {
    startOnnxruntime();
    const x = normal([10, 100]);
    const expected = [...tf.relu(x).dataSync()];
    const original = tf.relu(x);
    const reshaped = tf.reshape(original, [1000]);
    original.dispose();
    tf.dispose([tf.neg(x), tf.exp(x), tf.square(x)]);
    expect([...reshaped.dataSync()]).toEqual(expected);
  });

  it('stays untouched while another tensor has a part of it', () => {
    startOnnxruntime();
    const x = normal([10, 100]);
    const expected = [...tf.relu(x).dataSync()];
    const original = tf.relu(x);
    const part = tf.slice(original, [2, 0], [1, 100]);
    original.dispose();
    tf.dispose([tf.neg(x), tf.exp(x), tf.square(x)]);
    expect([...part.dataSync()]).toEqual(expected.slice(200, 300));
  });

  it('stays untouched while its reader may hold it', async () => {
    startOnnxruntime();
    const x = normal([1000]);
    const y = tf.relu(x);
    const read = await y.data();
    const expected = [...read];
    y.dispose();
    tf.dispose([tf.neg(x), tf.exp(x)]);
    expect([...read]).toEqual(expected);
  });

  it('stays untouched when a variable lets go of a value that a tensor still has', () => {
    startOnnxruntime();
    const x = normal([1000]);
    const value = tf.relu(x);
    const expected = [...tf.relu(x).dataSync()];
    const variable = tf.variable(value);
    variable.assign(tf.neg(x));
    variable.assign(tf.exp(x));
    expect([...value.dataSync()]).toEqual(expected);
  });

  it('moves to another backend and back', () => {
    startOnnxruntime();
    const y = tf.relu(normal([1000]));
    const expected = [...tf.relu(normal([1000])).dataSync()];
    void tf.setBackend('cpu');
    const doubled = tf.mul(y, 2);
    void tf.setBackend('onnxruntime');
    expect([...tf.div(doubled, 2).dataSync()]).toEqual(expected);
  });
});
