import { findingNameSchema, type FindingName } from '../../../engine/protocol/finding.ts';
import type { Attack } from '../certificate.ts';

/** @returns null for a finding of another Lethe */
export function titleOf(titles: FindingTitles, name: string): FindingTitles[FindingName] | null {
  const known = findingNameSchema.safeParse(name);
  return known.success ? titles[known.data] : null;
}

/** A part of a sentence, set off or not. */
export type Phrase = string | { readonly strong: string };

interface Counts {
  readonly all: number;
}

/** Of findings, by name. */
export type FindingTitles = Readonly<
  Record<FindingName, { readonly title: string; readonly asks: string }>
>;

/** How far membership inference went: nowhere, over the images of a class together, or over each by itself, too. */
export type Attacked = 'none' | 'class' | 'images';

/** All that a certificate says, in one language. Each language has all of it, or does not compile. */
export interface Messages {
  /** What goes into the certificate itself. */
  readonly statements: {
    readonly verdict: Readonly<
      Record<
        'PASS' | 'FAIL' | 'INCONCLUSIVE',
        (found: {
          readonly measured: number;
          /** Names of findings. */
          readonly failed: readonly string[];
          readonly open: readonly string[];
          readonly hasReference: boolean;
        }) => string
      >
    > & { readonly none: string };
    readonly limits: (hasReference: boolean) => string[];
    readonly residualRisk: (found: {
      readonly isOpen: boolean;
      readonly attacked: Attacked;
    }) => string[];
    readonly attacks: Readonly<
      Record<Exclude<Attack, 'membership-inference'>, string> & {
        readonly 'membership-inference': Readonly<Record<Attacked, string>>;
      }
    >;
    /** Null where nothing was entered. */
    readonly outside: (found: {
      readonly recipients: (Counts & { readonly notified: number }) | null;
      readonly locations: (Counts & { readonly decided: number }) | null;
    }) => string[];
  };

  // ------------------------------------------------------------------------------ the document

  readonly title: string;
  readonly documentTitle: (id: string) => string;
  readonly attachment: string;
  readonly caseNumber: (id: string) => string;
  readonly certificateNumber: (id: string) => string;
  readonly pageOf: (number: number, count: number) => string;
  readonly withoutNames: string;
  readonly lead: (found: {
    readonly date: string;
    /** Null in the form without names. */
    readonly model: string | null;
    readonly forget: readonly string[];
    /** Beyond those listed. */
    readonly more: string | null;
    readonly forgetCount: number;
    readonly forgetCountText: string;
    readonly classCountText: string;
    readonly read: number;
    readonly readText: string;
  }) => Phrase[];
  readonly verdictIs: Readonly<Record<'PASS' | 'FAIL' | 'INCONCLUSIVE', string>>;
  readonly figures: {
    readonly forgotten: (count: number, text: string) => string;
    readonly others: (count: number, text: string) => string;
    readonly read: string;
    readonly before: (figure: string) => string;
    readonly whileErasing: string;
  };
  readonly notMeasured: string;
  readonly chart: {
    readonly heading: string;
    readonly before: string;
    readonly after: string;
    readonly toForget: string;
    readonly noTestImages: string;
    readonly classNumber: (index: number) => string;
    /** Said to those who cannot see it. */
    readonly row: (name: string, before: string, after: string, isForgotten: boolean) => string;
    readonly allForgotten: string;
    readonly asManyAsFit: string;
    readonly leftForgotten: (count: string, before: string, after: string) => string;
    readonly leftOthers: (count: number, text: string, before: string, after: string) => string;
    readonly listedInJson: string;
  };
  readonly headings: Readonly<
    Record<
      | 'request'
      | 'measured'
      | 'meaning'
      | 'attacks'
      | 'outside'
      | 'done'
      | 'reads'
      | 'fingerprints'
      | 'proof'
      | 'checking',
      string
    >
  >;
  readonly request: {
    readonly labels: Readonly<
      Record<
        | 'reference'
        | 'received'
        | 'due'
        | 'law'
        | 'subject'
        | 'controller'
        | 'officer'
        | 'reviewer'
        | 'state'
        | 'signed'
        | 'closed'
        | 'recipients'
        | 'locations',
        string
      >
    >;
    readonly laws: Readonly<Record<'gdpr' | 'ccpa' | 'own', string>>;
    readonly channels: Readonly<Record<string, string>>;
    readonly states: Readonly<Record<string, string>>;
    readonly outcomes: Readonly<Record<string, string>>;
    readonly roles: Readonly<Record<'officer' | 'reviewer', string>>;
    readonly extended: string;
    readonly notSigned: string;
    readonly nothingEntered: string;
    readonly notified: (date: string) => string;
    readonly notNotified: string;
    readonly undecided: string;
    readonly locationKinds: Readonly<Record<string, string>>;
  };
  readonly findings: {
    readonly columns: Readonly<Record<'outcome' | 'finding' | 'value' | 'limit', string>>;
    readonly outcomes: Readonly<Record<'pass' | 'fail' | 'open' | 'openNeeded', string>>;
    readonly titles: FindingTitles;
    readonly interval: (low: string, high: string) => string;
    readonly samples: (count: string) => string;
    readonly exact: string;
    readonly atMost: (limit: string) => string;
    readonly atLeast: (limit: string) => string;
    readonly baselines: (original: string, reference: string | null) => string;
    readonly basis: Readonly<Record<string, string>>;
    readonly noLimit: string;
    readonly units: Readonly<Record<'points' | 'bits' | 'steps', (figure: string) => string>>;
    /** Why something is open, where the program that measured it said why in English. */
    readonly reason: (english: string) => { readonly text: string; readonly isEnglish: boolean };
    readonly fixedBefore: (entry: number) => string;
  };
  readonly attacks: {
    readonly columns: Readonly<Record<'attack' | 'run' | 'why', string>>;
    readonly names: Readonly<Record<Attack, string>>;
    readonly run: string;
    readonly notRun: string;
    readonly source: string;
  };
  readonly done: {
    readonly labels: Readonly<
      Record<
        | 'run'
        | 'model'
        | 'forget'
        | 'method'
        | 'retainSample'
        | 'between'
        | 'account'
        | 'computedBy'
        | 'took'
        | 'issuedBy',
        string
      >
    >;
    readonly fromTo: (from: string, to: string) => string;
    readonly model: (parameters: string, classes: string, format: string) => string;
    readonly classNumber: (index: number) => string;
    readonly moreInJson: (count: string) => string;
    readonly method: (recipe: string, seed: string, preprocessing: string) => string;
    readonly retainSample: (images: string, classes: string, source: string) => string;
    readonly sources: Readonly<Record<string, string>>;
    readonly between: (forget: string, retain: string) => string;
    readonly computedBy: (found: {
      readonly software: string;
      readonly accelerator: string;
      readonly device: string;
      readonly selfTest: boolean;
      readonly processor: string;
      readonly cores: number;
      readonly memory: string;
      readonly system: string;
    }) => string;
    readonly threads: (count: number) => string;
    readonly graphicsCard: (name: string) => string;
    readonly imitatedCard: (name: string) => string;
    readonly took: (phases: readonly string[], total: string, memory: string) => string;
    /** In the order in which they are told. */
    readonly phases: Readonly<Record<string, string>>;
    readonly issuedBy: (version: string) => string;
    /** Before what the program wrote in English. */
    readonly inEnglish: string;
  };
  readonly reads: {
    readonly columns: Readonly<Record<'phase' | 'images' | 'ofForget', string>>;
    readonly whileErasing: string;
  };
  readonly fingerprints: Readonly<
    Record<'before' | 'after' | 'reference' | 'data' | 'build' | 'names' | 'key', string>
  > & { readonly noNames: string };
  readonly proof: {
    readonly ledger: string;
    readonly entries: string;
    readonly entriesAre: (started: string, finished: string, issued: string, all: string) => string;
    readonly time: string;
    readonly asserted: string;
    readonly evidence: (by: string, time: string) => string;
    readonly issued: string;
    readonly checkpoint: string;
    readonly spoken: string;
    readonly qrCode: string;
    readonly qrCodeSays: string;
  };
  readonly checking: readonly string[];
  readonly boxes: string;
}
