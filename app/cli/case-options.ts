import { resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { CaseDetails } from '../cases/case-details.ts';
import { plainDateSchema, type PlainDate } from '../cases/plain-date.ts';
import { channelSchema, lawSchema, type Channel, type Law } from '../contract/cases.ts';

/** How `lethe case new` and `lethe case set` are told what to enter of a case. */
export interface DetailsOptions {
  readonly request?: string;
  readonly received?: PlainDate;
  readonly channel?: Channel;
  readonly law?: Law;
  readonly ground?: string;
  readonly due?: PlainDate;
  readonly subject?: string;
  readonly controller?: string;
  readonly officer?: string;
  readonly reviewer?: string;
  readonly twoPerson?: boolean;
  readonly notes?: string;
  readonly model?: string;
  readonly data?: string;
  readonly forget?: string[];
  readonly retentionEnds?: PlainDate;
}

export function addDetailsOptions(command: Command): Command {
  return command
    .option('--request <reference>', 'the reference that the request is filed under')
    .addOption(dateOption('--received <date>', 'when it was received'))
    .addOption(new Option('--channel <name>', 'how it came').choices(channelSchema.options))
    .addOption(new Option('--law <name>', 'what it is made under').choices(lawSchema.options))
    .option('--ground <text>', 'the provision or reason, such as "Article 17(1)(b)"')
    .addOption(dateOption('--due <date>', 'the last day to answer, under a law of your own'))
    .option('--subject <reference>', 'a pseudonymous reference to the person, no name')
    .option('--controller <name>', 'who is responsible for the model')
    .option('--officer <name>', 'who runs the case')
    .option('--reviewer <name>', 'who signs it off after the officer')
    .option('--two-person', 'both have to sign')
    .option('--no-two-person', 'one of them has to sign')
    .option('--notes <text>', 'whatever else should be known of it')
    .option('--model <path>', 'the model that is to forget')
    .option('--data <path>', 'its images')
    .option('--forget <class...>', 'the classes to erase, by name')
    .addOption(
      dateOption(
        '--retention-ends <date>',
        'the last day on which the case keeps its names, if not 24 months after it is closed',
      ),
    );
}

/** @returns the details with what the options say */
export function withOptions(details: CaseDetails, options: DetailsOptions): CaseDetails {
  const { due, twoPerson, retentionEnds, model, data } = options;
  const same = ['request', 'received', 'channel', 'law', 'ground', 'subject'] as const;
  const people = ['controller', 'officer', 'reviewer', 'notes', 'forget'] as const;
  const given = [...same, ...people].flatMap((name) =>
    options[name] === undefined ? [] : [[name, options[name]] as const],
  );
  return {
    ...details,
    ...Object.fromEntries(given),
    ...(due === undefined ? {} : { givenDue: due }),
    ...(twoPerson === undefined ? {} : { twoPersonSignOff: twoPerson }),
    ...(retentionEnds === undefined ? {} : { retentionEnds }),
    ...(model === undefined ? {} : { model: resolve(model) }),
    ...(data === undefined ? {} : { data: resolve(data) }),
  };
}

export function dateOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser(parseDate);
}

export function parseDate(text: string): PlainDate {
  const date = plainDateSchema.safeParse(text);
  if (!date.success) throw new InvalidArgumentError('A date is written like 2026-11-25.');
  return date.data;
}
