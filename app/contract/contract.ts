import { z } from 'zod';
import { problemSchema } from '../../engine/protocol/problem.ts';
import { acceleratorsResultSchema } from '../../engine/protocol/protocol.ts';
import { call, type Signatures } from './call.ts';
import {
  caseDetailsSchema,
  caseIdSchema,
  caseSummarySchema,
  caseViewSchema,
  certificateFormSchema,
  certificateIdSchema,
  closingOutcomeSchema,
  detailsCheckSchema,
  roleSchema,
} from './cases.ts';
import {
  badEntrySchema,
  entryKindSchema,
  entryViewSchema,
  ledgerCheckSchema,
  ledgerIdentitySchema,
  ledgerStatusSchema,
} from './ledger.ts';
import { choosingSchema, folderViewSchema } from './paths.ts';
import { settingsSchema } from './settings.ts';
import {
  dataViewSchema,
  imageSettingsSchema,
  modelViewSchema,
  pathSchema,
  pictureAnswersSchema,
  runSettingsSchema,
  runStateSchema,
  surveyViewSchema,
} from './work.ts';

/** Everything that renderer and app say to each other, on whichever way. */

const nothing = z.strictObject({});
/** Of calls that only do something. */
const done = z.null();
const oneCase = z.strictObject({ case: caseIdSchema });
const reason = z.string().max(20_000);

export const applicationSchema = z.object({
  version: z.string(),
  /** `window`: in Lethe's own. `browser`: in a browser of this machine. */
  host: z.enum(['window', 'browser']),
  dataFolder: z.string(),
  /** `locked`: the ledger's key is kept under a passphrase that was not given yet. */
  ledger: z.enum(['open', 'locked', 'failed']),
  /** Why the ledger cannot be opened, and so no case; null where it is open or waits for its passphrase. */
  problem: problemSchema.nullable(),
  /** The first bad entry of a ledger that cannot be opened because something other than Lethe changed it. */
  badEntry: badEntrySchema.nullable(),
  /** Cases that were running when Lethe or the machine stopped the last time. */
  interrupted: z.array(caseIdSchema),
});
export type Application = z.infer<typeof applicationSchema>;

export const calls = {
  'application.read': call(nothing, applicationSchema),
  'application.unlock': call(
    z.strictObject({ passphrase: z.string().min(1).max(1000) }),
    applicationSchema,
  ),

  'settings.read': call(nothing, settingsSchema),
  'settings.write': call(settingsSchema, settingsSchema),
  'accelerators.examine': call(nothing, acceleratorsResultSchema.omit({ type: true })),

  'paths.list': call(z.strictObject({ folder: pathSchema.nullable() }), folderViewSchema),
  /** Where something that was dropped on the page may be. */
  'paths.find': call(
    z.strictObject({ name: z.string().min(1).max(255), kind: z.enum(['folder', 'file']) }),
    z.array(pathSchema),
  ),
  /** By the system's own dialog, in Lethe's window only. Null when it was closed without choosing. */
  'paths.choose': call(z.strictObject({ what: choosingSchema }), pathSchema.nullable()),

  'cases.list': call(nothing, z.array(caseSummarySchema)),
  'cases.read': call(oneCase, caseViewSchema),
  'cases.check': call(z.strictObject({ details: caseDetailsSchema }), detailsCheckSchema),
  'cases.create': call(z.strictObject({ details: caseDetailsSchema }), caseViewSchema),
  /** A case on the sample project, ready to be tried. */
  'cases.create-sample': call(nothing, caseViewSchema),
  'cases.change': call(oneCase.extend({ details: caseDetailsSchema }), caseViewSchema),
  'cases.sign': call(oneCase.extend({ role: roleSchema }), caseViewSchema),
  'cases.reject': call(oneCase.extend({ role: roleSchema, reason: reason.min(1) }), caseViewSchema),
  'cases.reopen': call(
    oneCase.extend({ state: z.enum(['draft', 'review']), reason: reason.min(1) }),
    caseViewSchema,
  ),
  'cases.close': call(oneCase.extend({ outcome: closingOutcomeSchema, reason }), caseViewSchema),
  /** Destroys all names of a closed case. There is no way back. */
  'cases.forget': call(oneCase, caseViewSchema),

  'models.inspect': call(z.strictObject({ path: pathSchema }), modelViewSchema),
  'data.preview': call(z.strictObject({ path: pathSchema }), dataViewSchema),
  'data.survey': call(
    imageSettingsSchema.extend({ model: pathSchema, data: pathSchema }),
    surveyViewSchema,
  ),

  'runs.start': call(oneCase.extend({ settings: runSettingsSchema }), runStateSchema),
  /** Null when none was started since the app was. */
  'runs.read': call(oneCase, runStateSchema.nullable()),
  'runs.cancel': call(oneCase, done),
  /** What the original and the erased model say of pictures of the erased classes. */
  'runs.show': call(
    oneCase,
    z.object({ before: pictureAnswersSchema, after: pictureAnswersSchema }),
  ),

  /** Of an accepted or closed case. */
  'certificates.issue': call(oneCase, caseViewSchema),
  /** Shows the PDF: by the system's own viewer, or at the address that comes back. */
  'certificates.show': call(
    oneCase.extend({ certificate: certificateIdSchema, form: certificateFormSchema }),
    z.string().startsWith('/documents/').nullable(),
  ),
  /** Copies what belongs to a case into a folder. Nothing is overwritten. @returns the paths */
  'certificates.save': call(
    oneCase.extend({
      certificate: certificateIdSchema,
      what: z.enum(['with-names', 'without-names', 'model', 'checkpoint']),
      folder: pathSchema,
    }),
    z.array(pathSchema),
  ),

  'ledger.status': call(nothing, ledgerStatusSchema),
  'ledger.verify': call(z.strictObject({ checkpoint: pathSchema.nullable() }), ledgerCheckSchema),
  'ledger.page': call(
    z.strictObject({
      before: z.int().positive().nullable(),
      count: z.int().min(1).max(200),
      case: caseIdSchema.nullable(),
      kind: entryKindSchema.nullable(),
    }),
    z.array(entryViewSchema),
  ),
  'ledger.identify': call(nothing, ledgerIdentitySchema),
  'ledger.export-checkpoint': call(z.strictObject({ folder: pathSchema }), pathSchema),
  'ledger.import-witnessed': call(
    z.strictObject({ path: pathSchema, witness: z.string().min(1).max(1000) }),
    ledgerStatusSchema,
  ),
  /** Null: without a passphrase. */
  'ledger.protect': call(
    z.strictObject({ passphrase: z.string().min(8).max(1000).nullable() }),
    ledgerIdentitySchema,
  ),
} as const;
export type Contract = Signatures<typeof calls>;
export type CallName = keyof Contract;

export const events = {
  /** A case, or that there are more or fewer, is not as it was. */
  'cases-changed': z.strictObject({}),
  'ledger-changed': ledgerStatusSchema,
  'run-changed': runStateSchema,
  /** Chosen in the menu of the window. */
  'screen-wanted': z.strictObject({
    screen: z.enum(['start', 'new', 'sample', 'case', 'ledger', 'settings']),
    /** For the screen of a case. */
    case: caseIdSchema.nullable(),
  }),
};
export type Events = { readonly [Name in keyof typeof events]: z.infer<(typeof events)[Name]> };
export type EventName = keyof Events;
