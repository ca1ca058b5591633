import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import type { Problem } from '../../engine/protocol/problem.ts';
import type { Phase, Progress } from '../../engine/protocol/protocol.ts';

/** How a run tells what it does: to a person at a terminal, or to a program. */
export interface Reporter {
  notice(sentence: string): void;
  progress(progress: Progress): void;
  /** Leaves the terminal as it should be, however the run ended. */
  end(): void;
}

const phaseWords: Record<Phase, string> = {
  loading: 'Loading',
  preprocessing: 'Finding the preprocessing',
  'measuring-before': 'Measuring the original',
  noise: 'Learning the noise',
  impair: 'Impairing',
  'measuring-impaired': 'Measuring the impaired model',
  repair: 'Repairing',
  'measuring-after': 'Measuring the erased model',
  saving: 'Saving',
  train: 'Training',
};

/** One bar a phase on standard error, so that standard output stays free for the outcome. */
export function terminalReporter(): Reporter {
  const bars = new MultiBar(
    {
      stream: process.stderr,
      // Without a terminal only the finished bars are of use, a line each.
      noTTYOutput: false,
      hideCursor: true,
      format: '{phase} {bar} {percentage}% {note}',
      emptyOnZero: true,
    },
    Presets.shades_classic,
  );
  const width = Math.max(...Object.values(phaseWords).map((words) => words.length));
  let bar: SingleBar | null = null;
  let phase: Phase | null = null;
  return {
    notice(sentence) {
      if (process.stderr.isTTY) bars.log(`${sentence}\n`);
      else process.stderr.write(`${sentence}\n`);
    },
    progress(progress) {
      const payload = { phase: phaseWords[progress.phase].padEnd(width), note: noteOf(progress) };
      if (progress.phase !== phase || bar === null) {
        phase = progress.phase;
        bar = bars.create(progress.steps, progress.step, payload);
      } else bar.update(progress.step, payload);
    },
    end() {
      bars.stop();
    },
  };
}

/** A line of JSON for each event, on standard output. */
export function jsonReporter(): Reporter {
  return {
    notice(sentence) {
      writeJson({ event: 'notice', sentence });
    },
    progress({ type, job: _job, ...progress }) {
      writeJson({ event: type, ...progress });
    },
    end() {
      // Nothing is held back.
    },
  };
}

export function writeJson(value: { event: string } & Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** A problem as the command line tells it: the sentence always, the detail for engineers on request. */
export function reportProblem(problem: Problem, format: { json: boolean; verbose: boolean }): void {
  if (format.json) writeJson({ event: 'failure', ...problem });
  else {
    process.stderr.write(`${problem.sentence}\n`);
    if (format.verbose && problem.detail !== '') process.stderr.write(`\n${problem.detail}\n`);
  }
}

function noteOf({ secondsLeft, imagesPerSecond }: Progress): string {
  const speed = imagesPerSecond === null ? '' : `${String(Math.round(imagesPerSecond))} images/s`;
  const left = secondsLeft === null ? '' : `${duration(secondsLeft)} left`;
  return [speed, left].filter((part) => part !== '').join(', ');
}

/** 75 → "1 min 15 s". */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${String(whole)} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${String(minutes)} min ${String(whole % 60)} s`;
  return `${String(Math.floor(minutes / 60))} h ${String(minutes % 60)} min`;
}
