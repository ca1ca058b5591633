import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barPlot, scatterPlot } from '../../../app/comparison/plots.ts';

const point = fc.record({
  name: fc.string({ minLength: 1 }),
  x: fc.double({ min: 0, max: 100, noNaN: true }),
  y: fc.double({ min: 0, max: 100, noNaN: true }),
  landmark: fc.boolean(),
});

describe('scatterPlot', () => {
  it('names its axes and every point, with its values, and escapes what they are called', () => {
    const svg = scatterPlot({
      title: 'Kept & forgotten',
      x: 'forgotten, %',
      y: 'kept, %',
      points: [
        { name: 'adaptive', x: 0, y: 80.5, landmark: false },
        { name: '<original>', x: 87.7, y: 80.8, landmark: true },
      ],
    });
    expect(svg).toContain('<title>Kept &amp; forgotten</title>');
    for (const words of ['forgotten, %', 'kept, %', 'adaptive (0, 80.5)'])
      expect(svg).toContain(`>${words}</text>`);
    expect(svg).toContain('&lt;original> (87.7, 80.8)');
  });

  it('keeps every point inside the picture, whatever the values', () => {
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 12 }), (points) => {
        const svg = scatterPlot({ title: 't', x: 'x', y: 'y', points });
        const [width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/
          .exec(svg)
          ?.slice(1)
          .map(Number) ?? [0, 0];
        for (const [, x, y] of svg.matchAll(/<circle cx="([^"]+)" cy="([^"]+)"/g)) {
          expect(Number(x)).toBeGreaterThanOrEqual(0);
          expect(Number(x)).toBeLessThanOrEqual(width);
          expect(Number(y)).toBeGreaterThanOrEqual(0);
          expect(Number(y)).toBeLessThanOrEqual(height);
        }
        expect(svg).not.toContain('NaN');
      }),
    );
  });
});

describe('barPlot', () => {
  it('has a bar for each, as long as its value, and says the value', () => {
    const svg = barPlot({
      title: 'Time',
      x: 'seconds',
      bars: [
        { name: 'paper', value: 60 },
        { name: 'adaptive', value: 120 },
      ],
    });
    const [paper, adaptive] = Array.from(
      svg.matchAll(/<rect [^>]*width="([\d.]+)"/g),
      ([, width]) => Number(width),
    );
    expect(adaptive / paper).toBeCloseTo(2, 1);
    for (const words of ['paper', 'adaptive', '60', '120', 'seconds'])
      expect(svg).toContain(`>${words}</text>`);
  });
});
