import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };
import { openCases } from '../cases/cases.ts';
import { carryOutErasure, type FinishedErasure } from '../cases/erasure.ts';
import { verifyCertificate } from '../certificate/verify.ts';
import { EngineHost } from '../engine-host/engine-host.ts';
import { verifyLedger } from '../ledger/ledger.ts';
import { exitCodes } from './exit-codes.ts';
import { reportingProblems } from './options.ts';
import { duration, percent, terminalReporter } from './reporter.ts';

/** Makes the sample project's model forget one person, then, from the original again, three at once. */

const sample = fileURLToPath(new URL('../sample/', import.meta.url));
const requests = [['Elif T'], ['Amara O', 'Benno K', 'Noor F']];

await reportingProblems({ json: false, verbose: true }, demonstrate);

async function demonstrate(): Promise<void> {
  const started = performance.now();
  const folder = join(
    'lethe-out',
    `demo-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}`,
  );
  const ledger = join(folder, 'ledger');
  say(
    'Twenty-four invented people, and a model that recognises them. Two requests have come in.\n',
  );
  const finished = await carryOutRequests(folder, ledger);

  const ledgerReport = verifyLedger(ledger);
  say(
    ledgerReport.ok
      ? `The ledger is whole: ${String(ledgerReport.entries)} entries, each in its place and signed.`
      : `The ledger does not verify. ${ledgerReport.sentence}`,
  );
  let verified = ledgerReport.ok;
  for (const { certificate, model } of finished) {
    for (const file of [certificate.pdf, certificate.json]) {
      const { ok } = verifyCertificate(file, { ledgerFolder: ledger, modelPath: model });
      say(`${ok ? 'verifies      ' : 'DOES NOT VERIFY'} ${relative('.', file)}`);
      verified &&= ok;
    }
  }
  say(`
Check them yourself, then change one byte of any and check again:
  npm run lethe -- ledger verify --ledger ${ledger}
  npm run lethe -- certificate verify ${relative('.', finished[0].certificate.json)} --ledger ${ledger}

Done in ${duration((performance.now() - started) / 1000)}.`);
  if (!verified) process.exitCode = exitCodes.checkFailed;
}

async function carryOutRequests(folder: string, ledger: string): Promise<FinishedErasure[]> {
  const engine = new EngineHost();
  const cases = openCases(ledger, manifest.version);
  const finished: FinishedErasure[] = [];
  try {
    for (const forget of requests) {
      say(`Request: forget ${forget.join(', ')}.`);
      const reporter = terminalReporter();
      try {
        finished.push(
          await carryOutErasure(
            {
              model: join(sample, 'model'),
              data: join(sample, 'pictures'),
              resize: false,
              forget,
              recipe: null,
              reference: null,
              relearning: false,
              shadowModels: null,
              seed: 0,
              preprocessing: null,
              accelerator: null,
              output: join(folder, forget.length === 1 ? 'one-person' : 'three-people'),
            },
            { cases, engine },
            reporter,
          ),
        );
      } finally {
        reporter.end();
      }
      say(summary(finished[finished.length - 1]));
    }
  } finally {
    engine.close();
    cases.close();
  }
  return finished;
}

function summary({ plan, result }: FinishedErasure): string {
  const forgotten = plan.forget.map((index) => {
    const before = percent(result.before.perClass[index]);
    return `  ${plan.classNames[index].padEnd(22)}${before.padStart(7)} → ${percent(result.after.perClass[index])}`;
  });
  const others = `  ${`the other ${String(plan.retain.length)}, mean`.padEnd(22)}${percent(result.before.retain).padStart(7)} → ${percent(result.after.retain)}`;
  return [
    '  recognised in           before   after',
    ...forgotten,
    others,
    `  Pictures of the forgotten read while erasing: ${String(result.imagesReadOfForgetClasses)}`,
    `  Verdict: ${result.verdict.value}. ${result.verdict.reason}`,
    '',
  ].join('\n');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
