import { z } from 'zod';
import { findingSchema, thresholdsSchema, verdictSchema } from './finding.ts';
import { purposeHash } from './signing.ts';

/*
 * These forms are frozen: an entry written today must verify in ten years. So they do not borrow the engine's schemas,
 * which change with the engine; names that may grow there (formats, recipes, phases, problems) are plain text here.
 */

const count = z.int().nonnegative();
const seconds = z.number().nonnegative();
const percent = z.number().min(0).max(100);
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);
export const timeSchema = z.iso.datetime({ precision: 3 });
export const caseIdSchema = z.string().regex(/^\d{4}-\d{4,}$/);
/** Per class of the model, in its order. */
const countPerClass = z.array(count);

/** A class, without its name: the name's HMAC under a key that only the case file holds. */
const forgetClassSchema = z.strictObject({ index: count, nameHmac: sha256Schema });

export const machineSchema = z.strictObject({
  processor: z.string(),
  cores: count,
  memoryBytes: count,
  system: z.string(),
});

export const runStartedSchema = z.strictObject({
  software: z.string(),
  /** Digest of the program's own files. */
  build: sha256Schema.optional(),
  model: z.strictObject({
    format: z.string(),
    sha256: sha256Schema,
    architecture: z.string(),
    parameters: count,
    classCount: count,
  }),
  forget: z.array(forgetClassSchema).min(1),
  retainClasses: count,
  recipe: z.looseObject({ name: z.string(), seed: count }),
  /** Why this recipe; null when it was asked for. Missing, like all that is optional here, from the oldest entries. */
  recipeReason: z.string().nullable().optional(),
  /** SHA-256 of the model that was trained without the classes, if there is one. */
  reference: sha256Schema.nullable().optional(),
  thresholds: thresholdsSchema.optional(),
  preprocessing: z.strictObject({
    name: z.string(),
    mean: z.array(z.number()),
    std: z.array(z.number()),
  }),
  data: z.strictObject({
    source: z.string(),
    digest: sha256Schema,
    trainImages: countPerClass,
    testImages: countPerClass,
    retainSample: countPerClass,
  }),
  accelerator: z.strictObject({
    name: z.string(),
    version: z.string(),
    threads: count,
    device: z.strictObject({ kind: z.string(), name: z.string() }).optional(),
    selfTest: z.strictObject({ passed: z.boolean(), largestDifference: z.number().nonnegative() }),
  }),
  machine: machineSchema,
});
export type RunStarted = z.infer<typeof runStartedSchema>;

/** Percent of test images; null where there is none. */
const accuracySchema = z.strictObject({
  perClass: z.array(percent.nullable()),
  forget: percent.nullable(),
  retain: percent.nullable(),
});

export const runFinishedSchema = z.strictObject({
  before: accuracySchema,
  impaired: accuracySchema.nullable(),
  after: accuracySchema,
  /** Images read, by phase. */
  reads: z.record(z.string(), countPerClass),
  imagesReadOfForgetClasses: count,
  findings: z.array(findingSchema).optional(),
  verdict: verdictSchema.optional(),
  /** What was decided in the run and why, in sentences. */
  account: z.array(z.string()).optional(),
  /** By phase, and in total. */
  seconds: z.strictObject({
    noise: seconds.optional(),
    impair: seconds.optional(),
    repair: seconds.optional(),
    unlearn: seconds.optional(),
    total: seconds,
  }),
  peakBytes: count,
  erased: z.strictObject({
    sha256: sha256Schema,
    largestLogitDifference: z.number().nonnegative(),
  }),
});
export type RunFinished = z.infer<typeof runFinishedSchema>;

const nothing = z.strictObject({});

/** HMAC-SHA256 under a key that only the case file holds: whoever has the file knows what it is of, nobody else. */
const hmacSchema = sha256Schema;
const date = z.iso.date();

/** What the ledger holds of what the officer entered: dates, choices and counts in the clear, all else as HMACs. */
export const detailsOnRecordSchema = z.strictObject({
  law: z.enum(['gdpr', 'ccpa', 'own']).nullable(),
  received: date.nullable(),
  channel: z.enum(['letter', 'e-mail', 'form', 'phone', 'in-person', 'other']).nullable(),
  /** The last day to answer. */
  due: date.nullable(),
  /** When it was decided to extend it; null: it was not. */
  extended: date.nullable(),
  twoPersonSignOff: z.boolean(),
  recipients: z.strictObject({ all: count, notified: count }),
  locations: z.strictObject({ all: count, decided: count }),
  retentionEnds: date.nullable(),
  /** One person has one HMAC in all of a case. */
  officer: hmacSchema.nullable(),
  reviewer: hmacSchema.nullable(),
  /** Of everything that was entered. */
  details: hmacSchema,
});
export type DetailsOnRecord = z.infer<typeof detailsOnRecordSchema>;

const signOffSchema = z.strictObject({
  role: z.enum(['officer', 'reviewer']),
  person: hmacSchema,
  /** Sequence of the `run-finished` that is signed for. */
  run: z.int().positive(),
});

const ledgerContentSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('ledger-opened'),
    case: z.null(),
    payload: z.strictObject({
      /** Random, so that two ledgers are never taken for one another. */
      origin: z.string().regex(/^[0-9a-f]{32}$/),
      /** The first key. */
      publicKey: sha256Schema,
      software: z.string(),
    }),
  }),
  /** The last entry that the old key signs. With the root it vouches for all that it ever signed. */
  z.strictObject({
    kind: z.literal('key-replaced'),
    case: z.null(),
    payload: z.strictObject({
      /** The new key. */
      publicKey: sha256Schema,
      /** Its time was over, or somebody asked for it. */
      reason: z.enum(['new-period', 'rotation']),
      /** Of the Merkle tree of all entries before this one. */
      root: sha256Schema,
    }),
  }),
  /** Somebody else saw a checkpoint, and says when (c2sp.org/tlog-cosignature). */
  z.strictObject({
    kind: z.literal('checkpoint-witnessed'),
    case: z.null(),
    payload: z.strictObject({
      /** With the signatures of ledger and witness. */
      checkpoint: z.string(),
      /** The witness's key: name, identifier and key. */
      witness: z.string(),
    }),
  }),
  /** An authority says when a checkpoint existed (RFC 3161). */
  z.strictObject({
    kind: z.literal('checkpoint-timestamped'),
    case: z.null(),
    payload: z.strictObject({
      /** The file whose SHA-256 the token holds. */
      checkpoint: z.string(),
      /** DER, in Base64. */
      token: z.base64(),
    }),
  }),
]);
/** What happened to the ledger itself. */
export type LedgerContent = z.infer<typeof ledgerContentSchema>;

const caseContentSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('case-opened'),
    case: caseIdSchema,
    payload: detailsOnRecordSchema,
  }),
  z.strictObject({
    kind: z.literal('case-changed'),
    case: caseIdSchema,
    payload: detailsOnRecordSchema,
  }),
  z.strictObject({ kind: z.literal('case-readied'), case: caseIdSchema, payload: nothing }),
  /** One of two has signed. */
  z.strictObject({ kind: z.literal('case-signed'), case: caseIdSchema, payload: signOffSchema }),
  /** Everyone has signed who must. */
  z.strictObject({ kind: z.literal('case-accepted'), case: caseIdSchema, payload: signOffSchema }),
  z.strictObject({
    kind: z.literal('case-rejected'),
    case: caseIdSchema,
    payload: signOffSchema.extend({ reason: hmacSchema }),
  }),
  z.strictObject({
    kind: z.literal('case-reopened'),
    case: caseIdSchema,
    payload: z.strictObject({ state: z.enum(['draft', 'review']), reason: hmacSchema }),
  }),
  z.strictObject({
    kind: z.literal('case-closed'),
    case: caseIdSchema,
    payload: z.strictObject({
      outcome: z.enum(['erased', 'refused', 'withdrawn', 'abandoned']),
      reason: hmacSchema.nullable(),
    }),
  }),
  /** The case's key and file are destroyed: from here on its HMACs are of nothing that anyone can tell. */
  z.strictObject({ kind: z.literal('case-forgotten'), case: caseIdSchema, payload: nothing }),
  z.strictObject({
    kind: z.literal('run-started'),
    case: caseIdSchema,
    payload: runStartedSchema,
  }),
  z.strictObject({
    kind: z.literal('run-finished'),
    case: caseIdSchema,
    payload: runFinishedSchema,
  }),
  z.strictObject({
    kind: z.literal('run-failed'),
    case: caseIdSchema,
    /** The code only: a problem's sentence can hold the name of a class or a person's file. */
    payload: z.strictObject({ problem: z.string() }),
  }),
  z.strictObject({ kind: z.literal('run-cancelled'), case: caseIdSchema, payload: nothing }),
  z.strictObject({ kind: z.literal('run-interrupted'), case: caseIdSchema, payload: nothing }),
  z.strictObject({
    kind: z.literal('certificate-issued'),
    case: caseIdSchema,
    payload: z.union([
      z.strictObject({
        certificate: z.string(),
        /** Of its canonical JSON, which both of its forms hold: the one with names, and the one without. */
        content: sha256Schema,
      }),
      /** Certificates of the first form. */
      z.strictObject({
        certificate: z.string(),
        /** Of the two files. */
        json: sha256Schema,
        pdf: sha256Schema,
      }),
    ]),
  }),
]);

/** What happened in a case. */
export type CaseContent = z.infer<typeof caseContentSchema>;
/** What an entry says. */
export type EntryContent = LedgerContent | CaseContent;
export const entryContentSchema = z.discriminatedUnion('kind', [
  ledgerContentSchema,
  caseContentSchema,
]);

/** One record of the ledger. */
export type Entry = EntryContent & {
  /** From 1, without a gap. The order of entries is this, not the time. */
  readonly sequence: number;
  /** ISO 8601, UTC, by this machine's clock. */
  readonly time: string;
  /** Hash of the entry before; of the first one, 64 zeros. */
  readonly previous: string;
  readonly hash: string;
  /** Ed25519 over the hash, by the ledger's key of that time. */
  readonly signature: string;
};

/** {@link Entry.previous} of the first entry. */
export const noPrevious = '0'.repeat(64);

/** What an entry says besides its content. */
type EntryFrame = Pick<Entry, 'sequence' | 'time' | 'case' | 'previous'> & {
  readonly kind: string;
};

/**
 * SHA-256 over the canonical JSON of everything in an entry but hash and signature.
 * @param payload its canonical JSON, to the letter
 */
export function entryHash(entry: EntryFrame, payload: string): string {
  const canonical = membersUpTo(entry, payload, '') + `"time":${JSON.stringify(entry.time)}}`;
  return purposeHash('ledger-entry', Buffer.from(canonical));
}

/**
 * An entry in full as canonical JSON: a leaf of the ledger's Merkle tree, and a line of its export.
 * @param payload its canonical JSON, to the letter
 */
export function recordOf(
  entry: EntryFrame & Pick<Entry, 'hash' | 'signature'>,
  payload: string,
): string {
  return (
    membersUpTo(entry, payload, `"hash":"${entry.hash}",`) +
    `"signature":"${entry.signature}","time":${JSON.stringify(entry.time)}}`
  );
}

/** Members in the order of RFC 8785. @param hash the member, or nothing */
function membersUpTo(
  { sequence, kind, previous, case: id }: EntryFrame,
  payload: string,
  hash: string,
): string {
  return (
    `{"case":${JSON.stringify(id)},${hash}"kind":${JSON.stringify(kind)},"payload":${payload},` +
    `"previous":"${previous}","sequence":${String(sequence)},`
  );
}
