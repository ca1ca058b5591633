import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listCases, openCases } from '../../app/cases/cases.ts';
import { carryOutErasure, type ErasureRequest } from '../../app/cases/erasure.ts';
import { EngineHost } from '../../app/engine-host/engine-host.ts';
import { verifyLedger } from '../../app/ledger/ledger.ts';
import { problemOfAsync } from '../problem-of.ts';
import { fewPictures, finishedStatuses, runLethe, startLethe } from '../run-lethe.ts';
import { sampleModel } from '../sample.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** For a run that only has to come to its end. */
const quickRecipe = 'fine-tune';

function places(): { ledger: string; out: string } {
  const folder = temporaryFolder();
  return { ledger: join(folder, 'ledger'), out: join(folder, 'out') };
}

/** Everything below a folder, by relative path; nothing when there is no such folder. */
function filesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
}

function eraseArguments(
  { ledger, out }: { ledger: string; out: string },
  recipe = 'adaptive',
): string[] {
  return [
    ...['erase', '--json', '--model', sampleModel, '--data', fewPictures()],
    ...['--forget', 'Elif T', '--recipe', recipe, '--ledger', ledger, '--out', out],
  ];
}

describe('a run that is killed', () => {
  it('reads interrupted when its engine was killed; the app works on and nothing is left half written', async () => {
    const { ledger, out } = places();
    const engine = new EngineHost();
    const cases = openCases(ledger, '0.0.0');
    onTestFinished(() => {
      engine.close();
      cases.close();
    });
    const request: ErasureRequest = {
      model: sampleModel,
      data: fewPictures(),
      resize: false,
      forget: ['Elif T'],
      recipe: 'adaptive',
      reference: null,
      relearning: false,
      shadowModels: null,
      seed: 0,
      preprocessing: null,
      accelerator: 'onnxruntime',
      output: out,
    };
    const problem = await problemOfAsync(() =>
      carryOutErasure(
        request,
        { cases, engine },
        {
          progress: ({ phase }) => {
            if (phase === 'impair' && engine.pid !== null) process.kill(engine.pid, 'SIGKILL');
          },
        },
      ),
    );
    expect(problem.code).toBe('engine-died');
    expect(cases.list().map(({ state }) => state)).toEqual(['interrupted']);
    expect(filesIn(out)).toEqual([]);

    await carryOutErasure({ ...request, recipe: quickRecipe }, { cases, engine });
    expect(cases.list().map(({ state }) => state)).toEqual(['interrupted', 'review']);
    expect(verifyLedger(ledger)).toMatchObject({ ok: true });
  });

  it('reads interrupted when the app was killed, and nothing is left half written', async () => {
    const { ledger, out } = places();
    const { child, finished } = startLethe(eraseArguments({ ledger, out }));
    child.stdout?.on('data', (text: string) => {
      if (text.includes('"phase":"impair"')) child.kill('SIGKILL');
    });
    expect(await finished).toMatchObject({ signal: 'SIGKILL' });

    expect(listCases(ledger).map(({ state }) => state)).toEqual(['interrupted']);
    expect(verifyLedger(ledger)).toMatchObject({ ok: true });
    // The next Lethe that writes puts the interruption on record and clears what was staged.
    const next = await runLethe(eraseArguments({ ledger, out }, quickRecipe));
    expect(finishedStatuses).toContain(next.status);
    expect(listCases(ledger).map(({ state }) => state)).toEqual(['interrupted', 'review']);
    expect(verifyLedger(ledger)).toMatchObject({ ok: true });
    expect(filesIn(out).filter((file) => file.includes('partial'))).toEqual([]);
  });

  it('reads cancelled when it was stopped with Ctrl+C', async () => {
    const { ledger, out } = places();
    const { child, finished } = startLethe(eraseArguments({ ledger, out }));
    child.stdout?.on('data', (text: string) => {
      // As a terminal does: to the engine too.
      if (text.includes('"phase":"impair"') && child.pid !== undefined)
        process.kill(-child.pid, 'SIGINT');
    });
    expect(await finished).toMatchObject({ status: 130 });
    expect(listCases(ledger)).toMatchObject([
      { state: 'interrupted', runs: [{ outcome: 'cancelled' }] },
    ]);
    expect(filesIn(out)).toEqual([]);
  });
});
