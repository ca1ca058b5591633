import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import { percentText } from '../../engine/protocol/figure-text.ts';
import type { Problem } from '../../engine/protocol/problem.ts';
import type { Phase, Progress } from '../../engine/protocol/protocol.ts';
import { visible } from '../report/visible.ts';

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
  'training-reference': 'Training the reference',
  'training-shadow-models': 'Training models for the attack',
  'measuring-before': 'Measuring the original',
  'measuring-reference': 'Measuring the reference',
  'fixing-thresholds': 'Fixing the thresholds',
  noise: 'Learning the noise',
  impair: 'Impairing',
  'measuring-impaired': 'Measuring the impaired model',
  repair: 'Repairing',
  unlearn: 'Unlearning',
  'measuring-after': 'Measuring the erased model',
  relearning: 'Trying to learn it again',
  judging: 'Judging',
  saving: 'Saving',
  train: 'Training',
};

/** On standard error, so that standard output stays free for the outcome: a bar a phase; without a terminal, a line. */
export function terminalReporter(): Reporter {
  return process.stderr.isTTY ? barReporter() : lineReporter();
}

function barReporter(): Reporter {
  const format = '  {phase} {bar} {percentage}%  {note}';
  const bars = new MultiBar(
    { stream: process.stderr, hideCursor: true, format },
    Presets.shades_grey,
  );
  const width = Math.max(...Object.values(phaseWords).map((words) => words.length));
  let current: { phase: Phase; bar: SingleBar } | null = null;
  return {
    notice(sentence) {
      bars.log(`${visible(sentence)}\n`);
    },
    progress(progress) {
      const { phase, step, steps } = progress;
      const payload = { phase: phaseWords[phase].padEnd(width), note: noteOf(progress) };
      if (current?.phase !== phase) current = { phase, bar: bars.create(steps, step, payload) };
      current.bar.update(step, step === steps ? { ...payload, note: '' } : payload);
    },
    end() {
      bars.stop();
    },
  };
}

function lineReporter(): Reporter {
  let current: Phase | null = null;
  return {
    notice(sentence) {
      process.stderr.write(`${visible(sentence)}\n`);
    },
    progress({ phase }) {
      if (phase !== current) process.stderr.write(`  ${phaseWords[phase]}\n`);
      current = phase;
    },
    end() {
      // Nothing is held back.
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

/** What would not be seen, or would turn the direction of text, is escaped: the value is the same. */
export function writeJson(value: { event: string } & Record<string, unknown>): void {
  const text = JSON.stringify(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escaped);
  process.stdout.write(`${text}\n`);
}

function escaped(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

/** A problem as the command line tells it: the sentence always, the detail for engineers on request. */
export function reportProblem(problem: Problem, format: { json: boolean; verbose: boolean }): void {
  if (format.json) writeJson({ event: 'failure', ...problem });
  else {
    process.stderr.write(`${visible(problem.sentence)}\n`);
    if (format.verbose && problem.detail !== '') {
      const lines = problem.detail.split('\n').map(visible);
      process.stderr.write(`\n${lines.join('\n')}\n`);
    }
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

/** 87.66 → "87.7%". */
export function percent(value: number | null): string {
  return value === null ? 'not measured' : percentText(value);
}
