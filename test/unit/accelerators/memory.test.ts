import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BufferPool } from '../../../engine/accelerators/onnxruntime/buffer-pool.ts';
import { normal, startOnnxruntime } from './comparison.ts';

const MiB = 2 ** 20;

describe('a pool of buffers', () => {
  it('gives out again what was given back, to whoever asks for that size', () => {
    const pool = new BufferPool();
    const [buffer, other] = [pool.take(100), pool.take(200)];
    pool.give(buffer);
    expect(pool.idleBytes).toBe(100);
    expect(pool.take(100)).toBe(buffer);
    expect(pool.take(100)).not.toBe(buffer);
    expect(pool.idleBytes).toBe(0);
    pool.give(other);
    expect(pool.take(199)).not.toBe(other);
  });

  it('serves a large request from a buffer that is somewhat larger, but not from one much larger', () => {
    const pool = new BufferPool();
    const [buffer, other] = [pool.take(10 * MiB), pool.take(20 * MiB)];
    pool.give(buffer);
    pool.give(other);
    expect(pool.take(9 * MiB)).toBe(buffer);
    expect(pool.take(9 * MiB)).not.toBe(other);
  });

  it('takes back only buffers of its own', () => {
    const pool = new BufferPool();
    pool.give(new ArrayBuffer(100));
    expect(pool.idleBytes).toBe(0);
  });

  it('never takes back what it has disowned', () => {
    const pool = new BufferPool();
    const buffer = pool.take(100);
    pool.disown(buffer);
    pool.give(buffer);
    expect(pool.take(100)).not.toBe(buffer);
  });

  it('never holds more than was in use at the most, and lets the sizes unused for longest go', () => {
    const pool = new BufferPool();
    const [first, second, third] = [pool.take(100), pool.take(110), pool.take(120)];
    for (const buffer of [first, second, third]) pool.give(buffer);
    expect(pool.idleBytes).toBe(330);
    pool.take(130);
    expect(first.byteLength).toBe(0);
    expect(second.byteLength).toBe(0);
    expect(pool.idleBytes).toBe(120);
    expect(pool.take(120)).toBe(third);
  });

  it('lets go what has not been in use for two spans', () => {
    const pool = new BufferPool();
    const recurring = (): void => {
      pool.give(pool.take(100));
    };
    for (const buffer of [pool.take(100), pool.take(MiB), pool.take(MiB)]) pool.give(buffer);
    for (let count = 0; count < 1500; count++) recurring();
    expect(pool.idleBytes).toBe(2 * MiB + 100);
    for (let count = 0; count < 5000; count++) recurring();
    expect(pool.idleBytes).toBe(100);
  });

  it('holds no more than is in use, whatever sizes come and go', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ bytes: fc.integer({ min: 1, max: 1000 }), kept: fc.nat(5) })),
        (requests) => {
          const pool = new BufferPool();
          const used: ArrayBuffer[] = [];
          let usedBytes = 0;
          let mostUsedBytes = 0;
          for (const { bytes, kept } of requests) {
            used.push(pool.take(bytes));
            usedBytes += bytes;
            mostUsedBytes = Math.max(mostUsedBytes, usedBytes);
            expect(pool.idleBytes + usedBytes).toBeLessThanOrEqual(mostUsedBytes);
            while (used.length > kept) {
              const buffer = used.splice(0, 1)[0];
              usedBytes -= buffer.byteLength;
              pool.give(buffer);
            }
          }
        },
      ),
    );
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
