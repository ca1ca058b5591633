import { z } from 'zod';
import { verdictSchema } from '../../engine/protocol/finding.ts';
import { accuracySchema } from '../../engine/protocol/protocol.ts';

/* Cases as the renderer sees them. */

const text = z.string().max(20_000);
const count = z.int().nonnegative();
const date = z.iso.date().nullable();
/** ISO 8601, UTC. */
const time = z.string();

export const caseIdSchema = z.string().regex(/^\d{4}-\d{4,}$/);

export const caseStateSchema = z.enum([
  'draft',
  'ready',
  'running',
  'interrupted',
  'review',
  'accepted',
  'rejected',
  'closed',
]);
export type CaseState = z.infer<typeof caseStateSchema>;

export const channelSchema = z.enum(['letter', 'e-mail', 'form', 'phone', 'in-person', 'other']);
export type Channel = z.infer<typeof channelSchema>;

/** The law that a request is made under. `own`: another one, or a house rule; its due date is given, not computed. */
export const lawSchema = z.enum(['gdpr', 'ccpa', 'own']);
export type Law = z.infer<typeof lawSchema>;

/** What the person is in, besides the model that was given. */
export const locationKindSchema = z.enum(['copy', 'backup', 'derived-model', 'original-weights']);
export type LocationKind = z.infer<typeof locationKindSchema>;

/** What the officer enters of a case. A draft may lack anything: text is empty then, and a date is null. */
export const caseDetailsSchema = z.strictObject({
  request: text,
  received: date,
  channel: channelSchema.nullable(),
  law: lawSchema.nullable(),
  ground: text,
  givenDue: date,
  extension: z.strictObject({ decided: z.iso.date(), reason: text.min(1) }).nullable(),
  subject: text,
  controller: text,
  officer: text,
  reviewer: text,
  twoPersonSignOff: z.boolean(),
  recipients: z
    .array(z.strictObject({ name: text.min(1), notified: date, remark: text }))
    .max(1000),
  locations: z
    .array(
      z.strictObject({
        kind: locationKindSchema,
        place: text.min(1),
        decision: text,
      }),
    )
    .max(1000),
  notes: text,
  model: text,
  data: text,
  forget: z.array(text.min(1)).max(1000),
  retentionEnds: date,
});
export type CaseDetails = z.infer<typeof caseDetailsSchema>;

export const emptyDetails: CaseDetails = {
  request: '',
  received: null,
  channel: null,
  law: null,
  ground: '',
  givenDue: null,
  extension: null,
  subject: '',
  controller: '',
  officer: '',
  reviewer: '',
  twoPersonSignOff: false,
  recipients: [],
  locations: [],
  notes: '',
  model: '',
  data: '',
  forget: [],
  retentionEnds: null,
};

const forgetClassSchema = z.object({ index: count, name: z.string().nullable() });
const list = <Item extends z.ZodType>(item: Item): z.ZodReadonly<z.ZodArray<Item>> =>
  z.array(item).readonly();

/** Names, units and the like as they are on record, which can be those of another version. */
export const findingViewSchema = z.object({
  name: z.string(),
  outcome: z.enum(['pass', 'fail', 'not-measured']),
  required: z.boolean(),
  sentence: z.string(),
  measurement: z
    .object({
      value: z.number(),
      unit: z.string(),
      /** 95%: lower and upper end. */
      interval: z.tuple([z.number(), z.number()]),
      samples: count,
      figures: list(
        z.object({
          label: z.string(),
          class: count.nullable(),
          value: z.number(),
          unit: z.string(),
        }),
      ),
    })
    .nullable(),
  threshold: z
    .object({ direction: z.string(), limit: z.number(), basis: z.string(), reason: z.string() })
    .nullable(),
  absence: z.object({ why: z.string(), needs: z.string(), costs: z.string() }).nullable(),
  /** The same figure of the original and of the reference model, where there are any. */
  original: z.number().nullable(),
  reference: z.number().nullable(),
});
export type FindingView = z.infer<typeof findingViewSchema>;

export const runOutcomeSchema = z.enum([
  'running',
  'finished',
  'failed',
  'cancelled',
  'interrupted',
]);
export type RunOutcome = z.infer<typeof runOutcomeSchema>;

export const runSchema = z.object({
  started: time,
  ended: time.nullable(),
  outcome: runOutcomeSchema,
  problem: z.string().nullable(),
  forget: list(forgetClassSchema),
  recipe: z.string(),
  recipeReason: z.string().nullable(),
  seed: count,
  preprocessing: z.string(),
  accelerator: z.string(),
  hasReference: z.boolean(),
  /** Images per class of the model. */
  trainImages: list(count),
  testImages: list(count),
  /** SHA-256 of the model it began with. */
  model: z.string(),
  result: z
    .object({
      before: accuracySchema,
      after: accuracySchema,
      findings: list(findingViewSchema),
      /** Null for a run from before there were verdicts. */
      verdict: verdictSchema.nullable(),
      account: list(z.string()),
      imagesReadOfForgetClasses: count,
      seconds: z.number().nonnegative(),
      peakBytes: count,
      /** SHA-256 of the erased model. */
      erased: z.string(),
    })
    .nullable(),
});
export type CaseRun = z.infer<typeof runSchema>;

export const roleSchema = z.enum(['officer', 'reviewer']);
export type Role = z.infer<typeof roleSchema>;

/** How a request was answered. `abandoned`: nobody asked, or asks any more, such as for a trial. */
export const closingOutcomeSchema = z.enum(['erased', 'refused', 'withdrawn', 'abandoned']);
export type ClosingOutcome = z.infer<typeof closingOutcomeSchema>;

/**
 * Whether names can be told: the case file is `open`; `locked`, as the passphrase of the ledger's key was not given;
 * `missing`, or not as Lethe made it; or the case was `forgotten`.
 */
const namesSchema = z.enum(['open', 'locked', 'missing', 'forgotten']);
export type Names = z.infer<typeof namesSchema>;

export const certificateIdSchema = z.string().regex(/^\d{4}-\d{4,}-[0-9a-f]{8}$/);
/** For the controller, and for anyone else. */
export const certificateFormSchema = z.enum(['with-names', 'without-names']);
export type CertificateForm = z.infer<typeof certificateFormSchema>;

export const caseViewSchema = z.object({
  id: caseIdSchema,
  state: caseStateSchema,
  names: namesSchema,
  opened: time,
  changed: time,
  received: date,
  due: date,
  details: caseDetailsSchema.nullable(),
  /** Names of details that it lacks before it can be run. */
  missing: list(z.string()),
  /** Of the model, in its order; null before a run. */
  classNames: list(z.string()).nullable(),
  /** In order; the last one is the one that counts. */
  runs: list(runSchema),
  signOffs: list(z.object({ role: roleSchema, name: z.string().nullable(), time })),
  rejection: z.string().nullable(),
  closing: z
    .object({
      time,
      outcome: closingOutcomeSchema,
      reason: z.string().nullable(),
      retentionEnds: z.iso.date(),
    })
    .nullable(),
  /** Issued since it was accepted, the newest last. */
  certificates: list(certificateIdSchema),
});
export type CaseView = z.infer<typeof caseViewSchema>;

/** A case in a list. */
export const caseSummarySchema = caseViewSchema
  .pick({ id: true, state: true, names: true, changed: true, received: true, due: true })
  .extend({
    request: z.string().nullable(),
    subject: z.string().nullable(),
    forget: list(z.string()),
    verdict: verdictSchema.shape.value.nullable(),
    /** Of a closed one. */
    outcome: closingOutcomeSchema.nullable(),
    isSample: z.boolean(),
    /** Its names are kept for longer than was meant. */
    isRetentionOver: z.boolean(),
  });
export type CaseSummary = z.infer<typeof caseSummarySchema>;

/** What can be said of details while they are typed. */
export const detailsCheckSchema = z.object({
  due: date,
  missing: list(z.string()),
  /** What a subject reference that would name the person looks like, as sentences; none for one that would not. */
  subjectWarnings: list(z.string()),
});
export type DetailsCheck = z.infer<typeof detailsCheckSchema>;
