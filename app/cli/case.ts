import { resolve } from 'node:path';
import { Argument, Command, Option } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { ProblemError } from '../../engine/protocol/problem.ts';
import type { CaseDetails } from '../cases/case-details.ts';
import { isRetentionOver } from '../cases/case-history.ts';
import type { CaseRecord } from '../cases/case-record.ts';
import { openQuestions } from '../cases/case-rules.ts';
import { listCases, noSuchCase, openCases, type Cases } from '../cases/cases.ts';
import { today, type PlainDate } from '../cases/plain-date.ts';
import { subjectReferenceWarnings } from '../cases/subject-reference.ts';
import { issueCertificate } from '../certificate/issue.ts';
import { languageSchema, type Language } from '../certificate/messages/language.ts';
import {
  caseStateSchema,
  emptyDetails,
  locationKindSchema,
  roleSchema,
  type CaseState,
  type ClosingOutcome,
  type LocationKind,
  type Role,
} from '../contract/cases.ts';
import { addDetailsOptions, dateOption, withOptions, type DetailsOptions } from './case-options.ts';
import { caseLine, caseTable, caseText, outcomeWords, stateText } from './case-words.ts';
import { chosenProtection, passphraseFileOption } from './key-options.ts';
import { jsonOption, ledgerOption, reportingProblems, verboseOption } from './options.ts';
import { writeJson } from './reporter.ts';

interface CaseOptions {
  readonly ledger: string;
  readonly passphraseFile?: string;
  readonly json: boolean;
  readonly verbose: boolean;
}

export function caseCommand(): Command {
  const commands = [
    newCommand(),
    listCommand(),
    showCommand(),
    setCommand(),
    recipientCommand(),
    locationCommand(),
    extendCommand(),
    readyCommand(),
    acceptCommand(),
    certifyCommand(),
    rejectCommand(),
    reopenCommand(),
    closeCommand(),
    forgetCommand(),
  ];
  const cases = new Command('case').description(
    'keep the cases: what was asked, by when, who signs, and what becomes of the names',
  );
  for (const command of commands) {
    command
      .addOption(ledgerOption())
      .addOption(passphraseFileOption())
      .addOption(jsonOption())
      .addOption(verboseOption());
    cases.addCommand(command);
  }
  return cases.addHelpText(
    'after',
    `
Examples:
  lethe case new --request REQ-7 --received 2026-11-20 --channel letter --law gdpr \\
    --ground "Article 17(1)(b)" --subject S-0044 --controller "Example Ltd" --officer "M. Ode" \\
    --model faces.onnx --data pictures --forget "Elif T"
  lethe case ready 2026-0001
  lethe erase --case 2026-0001 --out erased
  lethe case location 2026-0001 original-weights "vault 2" --decision "destroyed on 2026-11-27"
  lethe case accept 2026-0001
  lethe case certify 2026-0001
  lethe case close 2026-0001
  lethe case forget 2026-0001`,
  );
}

// ---------------------------------------------------------------------------------------- the record

function newCommand(): Command {
  return addDetailsOptions(new Command('new').description('open a case, as a draft')).action(
    async (options: CaseOptions & DetailsOptions) => {
      await changing(options, (cases) => {
        const details = { ...emptyDetails, received: today() };
        const id = cases.open(withOptions(details, options));
        return [id, `Case ${id} is open, as a draft.`];
      });
    },
  );
}

interface ListOptions extends CaseOptions {
  readonly state?: CaseState;
  readonly retentionEnded: boolean;
}

function listCommand(): Command {
  return new Command('list')
    .description('list the cases, with their due dates, and those whose retention is over')
    .addOption(new Option('--state <name>', 'only those that are').choices(caseStateSchema.options))
    .option('--retention-ended', 'only those whose names are kept for longer than meant', false)
    .action(async (options: ListOptions) => {
      await reportingProblems(options, () => {
        const records = readCases(options).filter(
          (record) =>
            (options.state === undefined || record.state === options.state) &&
            (!options.retentionEnded || isRetentionOver(record, today())),
        );
        if (options.json) for (const record of records) writeJson(caseLine(record));
        else process.stdout.write(caseTable(records, today()));
      });
    });
}

function showCommand(): Command {
  return new Command('show')
    .description('tell all that is known of a case')
    .argument('<id>')
    .action(async (id: string, options: CaseOptions) => {
      await reportingProblems(options, () => {
        const record = readCases(options).find((one) => one.id === id);
        if (record === undefined) throw noSuchCase(id);
        if (options.json) writeJson(caseLine(record));
        else process.stdout.write(caseText(record, today()));
      });
    });
}

function setCommand(): Command {
  return addDetailsOptions(
    new Command('set').description('change what is entered of a case').argument('<id>'),
  )
    .addOption(
      new Option('--clear <name...>', 'empty what was entered').choices([
        'due',
        'reviewer',
        'notes',
        'retention-ends',
        'extension',
      ]),
    )
    .action(async (id: string, options: CaseOptions & DetailsOptions & { clear?: string[] }) => {
      await changing(options, (cases) => {
        changeDetails(cases, id, (details) =>
          withOptions(cleared(details, options.clear ?? []), options),
        );
        return [id, `Case ${id} is changed.`];
      });
    });
}

interface RecipientOptions extends CaseOptions {
  readonly notified?: PlainDate;
  readonly remark?: string;
  readonly remove: boolean;
}

function recipientCommand(): Command {
  return new Command('recipient')
    .description('enter somebody whom the data had been disclosed to, or when they were notified')
    .argument('<id>')
    .argument('<name>')
    .addOption(dateOption('--notified <date>', 'when they were told of the erasure'))
    .option('--remark <text>', 'such as why they cannot be told')
    .option('--remove', 'take them out', false)
    .action(async (id: string, name: string, options: RecipientOptions) => {
      await changing(options, (cases) => {
        changeDetails(cases, id, (details) => {
          const isIt = (one: { name: string }): boolean => one.name === name;
          const before = details.recipients.find(isIt);
          const recipient = {
            name,
            notified: options.notified ?? before?.notified ?? null,
            remark: options.remark ?? before?.remark ?? '',
          };
          return {
            ...details,
            recipients: replaced(details.recipients, isIt, options.remove ? null : recipient),
          };
        });
        return [id, `The recipients in case ${id} are changed.`];
      });
    });
}

interface LocationOptions extends CaseOptions {
  readonly decision?: string;
  readonly remove: boolean;
}

function locationCommand(): Command {
  return new Command('location')
    .description(
      'enter where copies, backups, derived models or the original weights are, and what was decided of them',
    )
    .argument('<id>')
    .addArgument(new Argument('<kind>').choices(locationKindSchema.options))
    .argument('<place>')
    .option('--decision <text>', 'such as "destroyed on 2026-11-27"')
    .option('--remove', 'take it out', false)
    .action(async (id: string, kind: LocationKind, place: string, options: LocationOptions) => {
      await changing(options, (cases) => {
        changeDetails(cases, id, (details) => {
          const isIt = (one: { kind: string; place: string }): boolean =>
            one.kind === kind && one.place === place;
          const before = details.locations.find(isIt);
          const location = { kind, place, decision: options.decision ?? before?.decision ?? '' };
          return {
            ...details,
            locations: replaced(details.locations, isIt, options.remove ? null : location),
          };
        });
        return [id, `The locations in case ${id} are changed.`];
      });
    });
}

function extendCommand(): Command {
  return new Command('extend')
    .description(
      'extend the time to answer, once: by two months under the GDPR, by 45 days under the CCPA',
    )
    .argument('<id>')
    .requiredOption('--reason <text>', 'why; the person has to be told it')
    .addOption(dateOption('--decided <date>', 'when it was decided').default(today(), 'today'))
    .action(async (id: string, options: CaseOptions & { reason: string; decided: PlainDate }) => {
      await changing(options, (cases) => {
        const { reason, decided } = options;
        changeDetails(cases, id, (details) => ({ ...details, extension: { decided, reason } }));
        const { due } = cases.record(id).facts;
        return [
          id,
          `Case ${id} is due on ${due ?? 'no date'} now. Tell the person, and the reason, within the first period.`,
        ];
      });
    });
}

// ------------------------------------------------------------------------------------------ its life

function readyCommand(): Command {
  return new Command('ready')
    .description('say that a draft is complete and can be run')
    .argument('<id>')
    .action(async (id: string, options: CaseOptions) => {
      await changing(options, (cases) => {
        cases.makeReady(id);
        return [id, `Case ${id} is ready. It is run by: lethe erase --case ${id}`];
      });
    });
}

function acceptCommand(): Command {
  return new Command('accept')
    .description('sign for the last run of a case')
    .argument('<id>')
    .addOption(roleOption())
    .action(async (id: string, options: CaseOptions & { as: Role }) => {
      await changing(options, (cases) => {
        const verdict = cases.record(id).runs.at(-1)?.result?.verdict?.value;
        cases.signOff(id, options.as);
        const isAccepted = cases.record(id).state === 'accepted';
        return [
          id,
          isAccepted
            ? `Case ${id} is accepted. A certificate with the signatures is issued by: lethe case certify ${id}`
            : `The officer has signed case ${id}. The reviewer accepts it by: lethe case accept ${id} --as reviewer`,
          ...(verdict === 'PASS' || verdict === undefined
            ? []
            : [`The verdict is ${verdict}, and you signed for it all the same.`]),
        ];
      });
    });
}

interface CertifyOptions extends CaseOptions {
  readonly out?: string;
  readonly language: Language;
}

function certifyCommand(): Command {
  return new Command('certify')
    .description('issue a certificate of the last run of a case as it stands, signatures included')
    .argument('<id>')
    .option('--out <folder>', "where to; without it, to the last run's erased model")
    .addOption(
      new Option('--language <name>', 'what it is written in')
        .choices(languageSchema.options)
        .default('en'),
    )
    .action(async (id: string, options: CertifyOptions) => {
      await changing(options, async (cases) => {
        const folder = options.out ?? cases.record(id).runs.at(-1)?.file?.output;
        if (folder === undefined) {
          throw new ProblemError(
            'bad-command',
            `Case ${id} does not say where its erased model is. Name a folder by --out.`,
          );
        }
        const { json, pdf, withoutNames } = await issueCertificate(
          cases,
          id,
          resolve(folder),
          options.language,
        );
        return [id, ...[pdf, json, withoutNames.pdf, withoutNames.json]];
      });
    });
}

function rejectCommand(): Command {
  return new Command('reject')
    .description('say that the last run of a case will not do')
    .argument('<id>')
    .requiredOption('--reason <text>', 'what is wrong with it')
    .addOption(roleOption())
    .action(async (id: string, options: CaseOptions & { as: Role; reason: string }) => {
      await changing(options, (cases) => {
        cases.reject(id, options.as, options.reason);
        return [
          id,
          `Case ${id} is rejected. To run it again: lethe case reopen ${id} --reason <text>`,
        ];
      });
    });
}

interface ReopenOptions extends CaseOptions {
  readonly reason: string;
  readonly to?: 'draft' | 'review';
}

function reopenCommand(): Command {
  return new Command('reopen')
    .description('take up a case again: as a draft to be run again, or to review its last run')
    .argument('<id>')
    .requiredOption('--reason <text>', 'why')
    .addOption(
      new Option(
        '--to <state>',
        'without it, what was accepted or closed with a finished run is reviewed, all else is a draft',
      ).choices(['draft', 'review']),
    )
    .action(async (id: string, options: ReopenOptions) => {
      await changing(options, (cases) => {
        const { state, runs } = cases.record(id);
        const isReviewed =
          (state === 'accepted' || state === 'closed') && runs.at(-1)?.outcome === 'finished';
        cases.reopen(id, options.to ?? (isReviewed ? 'review' : 'draft'), options.reason);
        return [id, `Case ${id} is reopened: ${stateText(cases.record(id))}.`];
      });
    });
}

function closeCommand(): Command {
  return new Command('close')
    .description('close a case; its names are kept until its retention ends')
    .argument('<id>')
    .addOption(
      new Option('--outcome <name>', 'how the request was answered')
        .choices(Object.keys(outcomeWords))
        .default('erased'),
    )
    .option('--reason <text>', 'needed when the request is refused', '')
    .action(
      async (id: string, options: CaseOptions & { outcome: ClosingOutcome; reason: string }) => {
        await changing(options, (cases) => {
          cases.closeCase(id, options.outcome, options.reason);
          const ends = cases.record(id).closing?.retentionEnds ?? '';
          return [
            id,
            `Case ${id} is closed: ${outcomeWords[options.outcome]}. Its names are kept until ${ends}.`,
          ];
        });
      },
    );
}

function forgetCommand(): Command {
  return new Command('forget')
    .description(
      'destroy the names in a closed case, for good; ledger and certificate verify as before',
    )
    .argument('<id>')
    .action(async (id: string, options: CaseOptions) => {
      await changing(options, (cases) => {
        cases.forget(id);
        return [
          id,
          `The names of case ${id} are destroyed. The ledger and the certificate verify as before, and name nobody.`,
          'Certificates with names that were saved elsewhere, and copies that others made of the folder of the ledger, still hold them, and so may the spare cells of a solid-state disk.',
        ];
      });
    });
}

// --------------------------------------------------------------------------------------------- parts

/** A case, and what is told of it. */
type Told = [id: string, ...sentences: string[]];

/** Opens the cases for writing, and tells what was done. */
async function changing(
  options: CaseOptions,
  action: (cases: Cases) => Told | Promise<Told>,
): Promise<void> {
  await reportingProblems(options, async () => {
    const cases = openCases(options.ledger, manifest.version, {
      protection: chosenProtection(options.passphraseFile),
    });
    try {
      const [id, ...sentences] = await action(cases);
      const record = cases.record(id);
      const warnings = warningsFor(record);
      if (options.json) {
        writeJson({ ...caseLine(record), event: 'result', sentences, warnings });
      } else {
        const lines = [...sentences, ...warnings.map((warning) => `  Note: ${warning}`)];
        process.stdout.write(`${lines.join('\n')}\n`);
      }
    } finally {
      cases.close();
    }
  });
}

function warningsFor({ details, state }: CaseRecord): string[] {
  if (details === null) return [];
  return [
    ...subjectReferenceWarnings(details.subject),
    ...(state === 'review' || state === 'accepted' ? openQuestions(details) : []),
  ];
}

function readCases({ ledger, passphraseFile }: CaseOptions): CaseRecord[] {
  return listCases(ledger, chosenProtection(passphraseFile));
}

function changeDetails(
  cases: Cases,
  id: string,
  change: (details: CaseDetails) => CaseDetails,
): void {
  // Without names, the change itself says why there can be none.
  const before = cases.record(id).details ?? emptyDetails;
  cases.change(id, change(before));
}

function cleared(details: CaseDetails, names: readonly string[]): CaseDetails {
  return {
    ...details,
    ...(names.includes('due') ? { givenDue: null } : {}),
    ...(names.includes('reviewer') ? { reviewer: '' } : {}),
    ...(names.includes('notes') ? { notes: '' } : {}),
    ...(names.includes('retention-ends') ? { retentionEnds: null } : {}),
    ...(names.includes('extension') ? { extension: null } : {}),
  };
}

/** @param item null takes the one that is it out */
function replaced<Item>(
  items: readonly Item[],
  isIt: (item: Item) => boolean,
  item: Item | null,
): Item[] {
  const place = items.findIndex(isIt);
  if (place === -1) return item === null ? [...items] : [...items, item];
  return item === null ? items.toSpliced(place, 1) : items.with(place, item);
}

function roleOption(): Option {
  return new Option('--as <role>', 'who signs').choices(roleSchema.options).default('officer');
}
