import { percentText } from '../protocol/figure-text.ts';
import type { Threshold } from '../protocol/finding.ts';
import type { Baselines } from './definition.ts';
import { traceLimit, type TraceMargins } from './trace-limit.ts';

export interface FeatureMargin {
  /** Of percent. */
  readonly points: TraceMargins;
  /** What is found, as it follows "a model retrained without the class": "lets 71.0% be found". */
  readonly what: string;
}

/** The limit for what can still be found in the features, some of which serve any class. */
export function featureLimit(baselines: Baselines, { points, what }: FeatureMargin): Threshold {
  return traceLimit(baselines, {
    margin: points,
    reason: (found, basis, granted) =>
      basis === 'original'
        ? `${what} recovers ${percentText(found)} from the original. How much general knowledge of images would recover without the class, only a retrained model could tell; clearly less than the original, by ${pointsText(granted)}, is the least.`
        : `${what} recovers ${percentText(found)} from a model retrained without the class, whose features serve any image. ${pointsText(granted)} are granted, ${granted < points.reference ? 'so that it is nearer to such a model than to the original' : 'since two such models differ'}.`,
  });
}

function pointsText(points: number): string {
  return `${String(Number(points.toFixed(1)))} points`;
}
