import type { Page } from '@playwright/test';
import { z } from 'zod';

/** What a page did while something was done with it. */
export interface Frames {
  /** Milliseconds from one frame to the next. */
  readonly milliseconds: readonly number[];
  /** The longest time that the page's own work kept a frame waiting; 0 for none of 50 ms. */
  readonly longestTask: number;
}

const recordedSchema = z.object({ frames: z.array(z.number()), tasks: z.array(z.number()) });

/** Runs in the page, which is no part of this program: its types are not known here. */
const begin = `(() => {
  const frames = [];
  const tasks = [];
  let before = null;
  let isOver = false;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) tasks.push(duration);
  });
  observer.observe({ entryTypes: ['longtask'] });
  const frame = (now) => {
    if (before !== null) frames.push(now - before);
    before = now;
    if (!isOver) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  globalThis.endFrames = () => {
    isOver = true;
    observer.disconnect();
    return { frames, tasks };
  };
})()`;

export async function recordFrames(page: Page, act: () => Promise<void>): Promise<Frames> {
  await page.evaluate(begin);
  await act();
  const { frames, tasks } = recordedSchema.parse(await page.evaluate('endFrames()'));
  return { milliseconds: frames, longestTask: Math.max(0, ...tasks) };
}
