import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { constants, getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  EngineHost,
  type EngineLimits,
  type JobRequest,
} from '../../app/engine-host/engine-host.ts';
import type { ErasePlan, Phase } from '../../engine/protocol/protocol.ts';
import { makeMiniature, type Miniature } from '../miniature.ts';
import { problemOfAsync } from '../problem-of.ts';
import { sampleModel, samplePictures } from '../sample.ts';
import { temporaryFolder } from '../temporary-folder.ts';

function startHost(limits: Partial<EngineLimits> = {}): EngineHost {
  const host = new EngineHost(limits);
  onTestFinished(() => {
    host.close();
  });
  return host;
}

let folder: string;
let miniature: Miniature;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lethe-test-'));
  miniature = await makeMiniature(folder, { people: 4, pixels: 16, pictures: 12, epochs: 5 });
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

type EraseRequest = Extract<JobRequest, { type: 'erase' }>;

/** On the miniature: of what comes out, these tests want no more than that it does. */
function eraseRequest(output: string): EraseRequest {
  return {
    type: 'erase',
    model: miniature.model,
    data: miniature.data,
    resize: false,
    forget: [miniature.people[1]],
    recipe: 'adaptive',
    reference: null,
    relearning: false,
    shadowModels: null,
    seed: 0,
    preprocessing: null,
    // The choice of one is tested elsewhere, takes seconds, and may fall differently.
    accelerator: 'onnxruntime',
    trial: false,
    output,
  };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('the engine process', () => {
  it('says what a model holds', async () => {
    const { model } = await startHost().run<'inspect'>({ type: 'inspect', model: sampleModel });
    expect(model).toMatchObject({ format: 'tfjs-layers', classCount: 24, inputShape: [48, 48, 3] });
    expect(model.classNames).toContain('Elif T');
  });

  it('shows a dataset: classes, counts and thumbnails', async () => {
    const preview = await startHost().run<'preview'>({
      type: 'preview',
      data: samplePictures,
      thumbnailsPerClass: 2,
    });
    expect(preview.data.classNames).toHaveLength(24);
    expect(preview.data.counts.test).toEqual(Array(24).fill(15));
    expect(preview.thumbnails.map((pictures) => pictures.length)).toEqual(Array(24).fill(2));
  });

  it('announces its plan, changes nothing before it is told to proceed, then erases', async () => {
    const output = join(temporaryFolder(), 'erased');
    const plans: ErasePlan[] = [];
    const phases = new Set<Phase>();
    const request = { ...eraseRequest(output), recipe: 'paper' as const };
    const result = await startHost().run<'erase'>(request, {
      prepared: (plan) => {
        expect(existsSync(output)).toBe(false);
        expect([...phases]).toEqual(['measuring-before', 'fixing-thresholds']);
        plans.push(plan);
      },
      progress: ({ phase, step, steps }) => {
        expect(step).toBeLessThanOrEqual(steps);
        phases.add(phase);
      },
    });
    expect(plans).toHaveLength(1);
    expect(plans[0].forget).toEqual([plans[0].classNames.indexOf(miniature.people[1])]);
    expect([...phases]).toEqual([
      'measuring-before',
      'fixing-thresholds',
      'noise',
      'impair',
      'measuring-impaired',
      'repair',
      'measuring-after',
      'judging',
      'saving',
    ]);
    expect(result.imagesReadOfForgetClasses).toBe(0);
    expect(result.erased.largestLogitDifference).toBeLessThan(1e-4);
    expect(existsSync(join(output, 'model.json'))).toBe(true);
  });

  it('counts every image it reads, by phase and class', async () => {
    const output = join(temporaryFolder(), 'erased');
    const plans: ErasePlan[] = [];
    const { reads, imagesReadOfForgetClasses } = await startHost().run<'erase'>(
      { ...eraseRequest(output), recipe: 'paper' },
      { prepared: (plan) => plans.push(plan) },
    );
    const [{ data, recipe }] = plans;
    if (recipe.name !== 'paper') throw new Error('another recipe');
    const label = data.classNames.indexOf(miniature.people[1]);
    const retained = data.counts.train.map((count, index) => (index === label ? 0 : count));
    expect(reads.impair).toEqual(retained.map((count) => count * recipe.impair.epochs));
    expect(reads.repair).toEqual(retained.map((count) => count * recipe.repair.epochs));
    expect(reads.noise).toBeUndefined();
    expect(reads.preprocessing?.[label]).toBe(0);
    expect(imagesReadOfForgetClasses).toBe(0);
    // Test images before, impaired and after; training images before and after.
    expect(reads.measure?.[label]).toBe(3 * data.counts.test[label] + 2 * data.counts.train[label]);
  });

  it('gives the same weights, bit for bit, for the same seed', async () => {
    const folder = temporaryFolder();
    const host = startHost();
    const request = {
      ...eraseRequest(join(folder, 'first')),
      recipe: 'masked-distillation' as const,
    };
    const first = await host.run<'erase'>(request);
    const second = await host.run<'erase'>({ ...request, output: join(folder, 'second') });
    const other = await host.run<'erase'>({ ...request, output: join(folder, 'third'), seed: 1 });
    expect(second.erased.sha256).toBe(first.erased.sha256);
    expect(other.erased.sha256).not.toBe(first.erased.sha256);
  });

  it('stops within a step when cancelled, writes nothing, and takes the next job', async () => {
    const output = join(temporaryFolder(), 'erased');
    const host = startHost();
    const stop = new AbortController();
    let stepsAfterCancel = 0;
    const problem = await problemOfAsync(() =>
      host.run<'erase'>(
        eraseRequest(output),
        {
          progress: ({ phase }) => {
            if (stop.signal.aborted) stepsAfterCancel++;
            if (phase === 'impair') stop.abort();
          },
        },
        stop.signal,
      ),
    );
    expect(problem.code).toBe('cancelled');
    // One may have been on its way already.
    expect(stepsAfterCancel).toBeLessThanOrEqual(2);
    expect(existsSync(output)).toBe(false);
    await expect(
      host.run<'inspect'>({ type: 'inspect', model: sampleModel }),
    ).resolves.toBeDefined();
  });

  it('is cancelled by a listener that cannot put the plan on record', async () => {
    const output = join(temporaryFolder(), 'erased');
    const running = startHost().run<'erase'>(eraseRequest(output), {
      prepared: () => {
        throw new Error('the disk is full');
      },
    });
    await expect(running).rejects.toThrow('the disk is full');
    expect(existsSync(output)).toBe(false);
  });

  it('fails the job when it is killed, and is started again for the next', async () => {
    const host = startHost();
    const problem = await problemOfAsync(() =>
      host.run<'erase'>(eraseRequest(join(temporaryFolder(), 'erased')), {
        progress: ({ phase }) => {
          if (phase === 'impair' && host.pid !== null) process.kill(host.pid, 'SIGKILL');
        },
      }),
    );
    expect(problem.code).toBe('engine-died');
    expect(problem.detail).toContain('SIGKILL');
    await expect(
      host.run<'inspect'>({ type: 'inspect', model: sampleModel }),
    ).resolves.toBeDefined();
  });

  it('lets other programs come first when it is told to', async () => {
    const host = startHost({ givesWay: true });
    await host.run<'inspect'>({ type: 'inspect', model: sampleModel });
    expect(getPriority(host.pid ?? 0)).toBeGreaterThanOrEqual(
      constants.priority.PRIORITY_BELOW_NORMAL,
    );
  });

  it('is ended when it falls silent', async () => {
    const host = startHost({ silenceMilliseconds: 3000 });
    const problem = await problemOfAsync(() =>
      host.run<'erase'>(eraseRequest(join(temporaryFolder(), 'erased')), {
        progress: ({ phase }) => {
          if (phase === 'noise' && host.pid !== null) process.kill(host.pid, 'SIGSTOP');
        },
      }),
    );
    expect(problem.code).toBe('engine-silent');
  });

  it('is ended when it takes more memory than it may', async () => {
    const host = startHost({ memoryCapBytes: 150e6 });
    const problem = await problemOfAsync(() =>
      host.run<'erase'>(eraseRequest(join(temporaryFolder(), 'erased'))),
    );
    expect(problem.code).toBe('out-of-memory');
  });

  it('ends with the process that started it', async () => {
    const host = new URL('../../app/engine-host/engine-host.ts', import.meta.url).href;
    const { spawn } = await import('node:child_process');
    const parent = spawn(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `import { EngineHost } from ${JSON.stringify(host)};
         const engine = new EngineHost();
         await engine.run({ type: 'inspect', model: ${JSON.stringify(sampleModel)} });
         console.log(engine.pid);
         setInterval(() => undefined, 1000);`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const pid = await new Promise<number>((resolve) => {
      parent.stdout.once('data', (text: Buffer) => {
        resolve(Number(text.toString()));
      });
    });
    expect(isRunning(pid)).toBe(true);
    parent.kill('SIGKILL');
    for (let tenths = 0; tenths < 100 && isRunning(pid); tenths++) await wait(100);
    expect(isRunning(pid)).toBe(false);
  });
});
