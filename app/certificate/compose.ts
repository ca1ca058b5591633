import { createHash } from 'node:crypto';
import type { CaseDetails } from '../cases/case-details.ts';
import type { CaseRecord } from '../cases/case-record.ts';
import { canonicalJson } from '../ledger/canonical-json.ts';
import type { Entry } from '../ledger/entry.ts';
import { assertedTime, type TimeEvidence } from '../ledger/time-evidence.ts';
import { attackSchema, certificateSchema, type Certificate, type Names } from './certificate.ts';
import type { Language } from './messages/language.ts';
import type { Messages } from './messages/message-table.ts';
import { messagesIn } from './messages/messages.ts';

type EntryOf<Kind extends Entry['kind']> = Extract<Entry, { kind: Kind }>;

/** The entries of a case that its certificate is made of. */
export interface CaseEntries {
  readonly started: EntryOf<'run-started'>;
  readonly finished: EntryOf<'run-finished'>;
  /** The last one that says what was entered of the request; null where nothing was. */
  readonly request: EntryOf<'case-opened' | 'case-changed'> | null;
  /** For this run. */
  readonly signOffs: readonly EntryOf<'case-signed' | 'case-accepted'>[];
  readonly closed: EntryOf<'case-closed'> | null;
}

/** What it takes to make a certificate. */
export interface CertificateSource {
  readonly id: string;
  readonly issued: string;
  readonly language: Language;
  readonly software: Certificate['software'];
  /** The ledger's. */
  readonly origin: string;
  readonly entries: CaseEntries;
  /** Of the case. */
  readonly state: string;
  /** The earliest that is known for the entry that closed the run. */
  readonly evidence: TimeEvidence | null;
  readonly names: Names | null;
}

/** @returns null when the last run of the case has not finished */
export function entriesForCertificate(
  { runs, signOffs, closing }: Pick<CaseRecord, 'runs' | 'signOffs' | 'closing'>,
  entries: readonly Entry[],
): CaseEntries | null {
  const run = runs.at(-1);
  const at = (sequence: number | null | undefined): Entry | undefined =>
    entries.find((entry) => entry.sequence === sequence);
  const [started, finished] = [at(run?.entry), at(run?.endEntry)];
  if (started?.kind !== 'run-started' || finished?.kind !== 'run-finished') return null;
  const closed = closing && entries.findLast(({ kind }) => kind === 'case-closed');
  const request = entries.findLast(
    (entry) => entry.kind === 'case-opened' || entry.kind === 'case-changed',
  );
  return {
    started,
    finished,
    request: request ?? null,
    signOffs: signOffs
      .map(({ entry }) => at(entry))
      .filter((entry) => entry?.kind === 'case-signed' || entry?.kind === 'case-accepted'),
    closed: closed?.kind === 'case-closed' ? closed : null,
  };
}

export function certificateOf(source: CertificateSource): Certificate {
  const { id, issued, language, software, origin, state, evidence, names } = source;
  const { started, finished, request, signOffs, closed } = source.entries;
  const messages = messagesIn(language);
  return certificateSchema.parse({
    schema: 'lethe-certificate/2',
    id,
    language,
    issued,
    software,
    ledger: { origin, started: named(started), finished: named(finished) },
    case: {
      id: started.case,
      request: request && { entry: named(request), onRecord: request.payload },
      state,
      signOffs: signOffs.map((entry) => ({
        entry: named(entry),
        time: entry.time,
        role: entry.payload.role,
      })),
      closed: closed && {
        entry: named(closed),
        time: closed.time,
        outcome: closed.payload.outcome,
      },
    },
    names: names && namesDigest(names),
    time: {
      started: started.time,
      finished: finished.time,
      source: assertedTime,
      evidence: evidence && { kind: evidence.kind, by: evidence.by, time: evidence.time },
    },
    plan: started.payload,
    result: finished.payload,
    statements: statementsOf(source.entries, messages.statements),
  } satisfies Certificate);
}

/** What a certificate holds of the names. */
export function namesDigest(names: Names): string {
  return createHash('sha256').update(canonicalJson(names)).digest('hex');
}

interface NamesSource {
  readonly salt: string;
  readonly details: CaseDetails;
  /** Of the run that finished. */
  readonly model: string;
  readonly classNames: readonly string[];
  /** Who signed, in the order of the certificate's sign-offs. */
  readonly signOffs: readonly (string | null)[];
}

export function namesOf({ salt, details, model, classNames, signOffs }: NamesSource): Names {
  const { request, subject, ground, extension, controller, officer, reviewer } = details;
  return {
    salt,
    model: model.toWellFormed(),
    classes: classNames.map((name) => name.toWellFormed()),
    request,
    subject,
    ground,
    extension: extension?.reason ?? null,
    controller,
    officer,
    reviewer,
    signOffs: [...signOffs],
    recipients: details.recipients.map(({ name, notified, remark }) => ({
      name,
      notified,
      remark,
    })),
    locations: details.locations.map(({ kind, place, decision }) => ({ kind, place, decision })),
  };
}

function named({ sequence, hash }: Entry): { sequence: number; hash: string } {
  return { sequence, hash };
}

// ------------------------------------------------------------------------------- what is said in words

const onClass = ['membership-loss', 'membership-entropy', 'membership-confidence'];
const onImages = 'membership-shadow-models';

function statementsOf(
  { finished: { payload: result }, started: { payload: plan }, request }: CaseEntries,
  words: Messages['statements'],
): Certificate['statements'] {
  const findings = result.findings ?? [];
  const measured = findings.filter(({ measurement }) => measurement !== null);
  const attempts = [...onClass, onImages].filter((name) =>
    measured.some((finding) => finding.name === name),
  );
  const attacked = attempts.includes(onImages) ? 'images' : attempts.length > 0 ? 'class' : 'none';
  const failed = findings.filter(({ outcome }) => outcome === 'fail').map(({ name }) => name);
  const open = findings
    .filter(({ outcome, required }) => outcome === 'not-measured' && required)
    .map(({ name }) => name);
  const { verdict } = result;
  const onRecord = request?.payload;
  return {
    verdict:
      verdict === undefined
        ? words.verdict.none
        : words.verdict[verdict.value]({
            measured: findings.filter(({ outcome }) => outcome === 'pass').length,
            failed,
            open,
            hasReference: verdict.comparedWith === 'reference',
          }),
    limits: words.limits(typeof plan.reference === 'string'),
    residualRisk: words.residualRisk({ isOpen: open.length > 0, attacked }),
    attacks: attackSchema.options.map((attack) => {
      if (attack !== 'membership-inference')
        return { attack, run: false, findings: [], why: words.attacks[attack] };
      const why = words.attacks[attack][attacked];
      return { attack, run: attacked !== 'none', findings: attempts, why };
    }),
    outside: words.outside({
      recipients: onRecord?.recipients ?? null,
      locations: onRecord?.locations ?? null,
    }),
  };
}
