import type { z } from 'zod';
import {
  caseDetailsSchema,
  isSamePerson,
  missingDetails,
  type CaseDetails,
} from './case-details.ts';
import { dueDate } from './deadlines.ts';
import { type PlainDate } from './plain-date.ts';

/* What details must be like, and what is worth a second look. All of it in sentences for the officer. */

/** What each part of the details is called. */
export const detailWords: Readonly<Record<keyof CaseDetails, string>> = {
  request: 'reference of the request',
  received: 'date of receipt',
  channel: 'channel',
  law: 'law',
  ground: 'ground',
  givenDue: 'due date',
  extension: 'extension',
  subject: 'subject reference',
  controller: 'controller',
  officer: 'officer',
  reviewer: 'reviewer',
  twoPersonSignOff: 'two-person sign-off',
  recipients: 'recipients',
  locations: 'locations',
  notes: 'notes',
  model: 'model',
  data: 'images',
  forget: 'classes to forget',
  retentionEnds: 'end of the retention',
};

/** @returns what cannot be so, and what to do; null when nothing is wrong */
export function faultIn(details: CaseDetails, today: PlainDate): string | null {
  const form = caseDetailsSchema.safeParse(details);
  if (!form.success) return faultOfForm(form.error.issues[0]);
  const { law, received, givenDue, extension, officer, reviewer, twoPersonSignOff } = details;
  if (received !== null && received > today) {
    return `The date of receipt, ${received}, is after today. Correct it.`;
  }
  if (givenDue !== null && law !== 'own') {
    return 'A due date can only be given under a law of your own: those of the GDPR and the CCPA are computed. Leave it out.';
  }
  if (givenDue !== null && received !== null && givenDue < received) {
    return `The due date, ${givenDue}, is before the date of receipt. Correct one of them.`;
  }
  if (twoPersonSignOff && officer.trim() !== '' && isSamePerson(officer, reviewer)) {
    return 'Two persons have to sign, so the reviewer cannot be the officer. Name another reviewer.';
  }
  return extension === null ? null : faultInExtension(details, extension.decided, today);
}

function faultOfForm({ path, message }: z.core.$ZodIssue): string {
  const name = caseDetailsSchema.keyof().safeParse(path[0]);
  const what = name.success ? detailWords[name.data] : 'case';
  return `What was given for the ${what} cannot be entered: ${message}. Change that.`;
}

function faultInExtension(
  { law, received, givenDue }: CaseDetails,
  decided: PlainDate,
  today: PlainDate,
): string | null {
  if (law === 'own') {
    return 'Under a law of your own there is nothing to extend by. Give another due date instead.';
  }
  const first = dueDate({ law, received, givenDue, isExtended: false });
  if (first === null || received === null) {
    return 'Only a case with a law and a date of receipt can be extended. Enter them first.';
  }
  if (decided < received || decided > today) {
    return `An extension is decided between the receipt of the request and today, not on ${decided}. Correct the date.`;
  }
  return decided > first
    ? `It was due on ${first}, and the person must be told of an extension by then. It cannot be extended any more.`
    : null;
}

/** @returns what is missing, as a sentence; null when nothing is */
export function lackIn(details: CaseDetails): string | null {
  const missing = missingDetails(details).map((name) => detailWords[name]);
  return missing.length === 0 ? null : `It lacks: ${missing.join(', ')}.`;
}

/** What does not stop a case whose run is finished, but should not be overlooked before it is closed. */
export function openQuestions({ recipients, locations }: CaseDetails): string[] {
  const untold = recipients.filter(({ notified, remark }) => notified === null && remark === '');
  const open = locations.filter(({ decision }) => decision.trim() === '');
  return [
    ...(locations.some(({ kind }) => kind === 'original-weights')
      ? []
      : ['Nothing says where the original weights are and what was decided of them.']),
    ...(open.length === 0
      ? []
      : [`Nothing was decided of ${counted(open.length, 'location', 'locations')}.`]),
    ...(untold.length === 0
      ? []
      : [
          `${counted(untold.length, 'recipient was', 'recipients were')} not notified, and nothing says why.`,
        ]),
  ];
}

function counted(number: number, one: string, many: string): string {
  return `${String(number)} ${number === 1 ? one : many}`;
}
