import { percentText } from '../protocol/figure-text.ts';
import type { ErasureStep } from './method.ts';

export interface Rounds {
  /** Trains at a rate of Adam's, that it begins with. */
  readonly round: (rate: number, round: number) => AsyncGenerator<ErasureStep>;
  /** Percent of images of the forget classes that the model still takes for these. */
  readonly recognised: () => Promise<number>;
  /** Of the first round. */
  readonly rate: number;
  /** At most. */
  readonly rounds: number;
}

/** Percent. */
const forgotten = 1;

/**
 * Small steps spare what is to stay, and how large they must be to do anything differs from model to model: one round after
 * the other, each at twice the rate of the one before, until the forget classes are recognised no more.
 * @returns an account for the officer
 */
export async function* untilForgotten({
  round,
  recognised,
  rate,
  rounds,
}: Rounds): AsyncGenerator<ErasureStep, string[]> {
  const account: string[] = [];
  for (let index = 0, now = rate; index < rounds; index++, now *= 2) {
    yield* round(now, index);
    const left = await recognised();
    account.push(
      `After a round at a rate of ${now.toPrecision(2)} the model still recognised ${percentText(left)} of what it was taught to forget by.`,
    );
    if (left <= forgotten) break;
  }
  return account;
}
