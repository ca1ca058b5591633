import type { Flaw } from './certificate-file.ts';
import type { ExportFault } from './ledger-export.ts';

/* All that a verifier says, in the languages that it has. */

export type Language = 'en' | 'de';

interface Judged {
  readonly yes: string;
  readonly no: string;
}

/** Sizes are numbers of entries: of the other checkpoint, and of the certificate's. */
interface Compared {
  readonly one: (other: number, own: number) => string;
  readonly two: string;
  readonly unknown: (other: number, own: number) => string;
}

export interface Words {
  readonly verdict: Readonly<Record<'accepted' | 'refused' | 'undecided', string>>;
  /** What the certificate says of the erasure, which is another question than whether it holds. */
  readonly says: Readonly<Record<'PASS' | 'FAIL' | 'INCONCLUSIVE' | 'none', string>>;
  readonly headings: Readonly<
    Record<'proved' | 'refused' | 'open' | 'not-asked' | 'unknowable', string>
  >;
  readonly noEd25519: string;
  readonly flaw: (flaw: Flaw) => string;
  readonly form: (id: string, caseId: string) => string;
  readonly signature: Judged;
  readonly pages: Judged;
  readonly names: Judged & { readonly without: string; readonly gone: string };
  readonly inclusion: {
    readonly yes: (entry: number, size: number) => string;
    readonly anotherLedger: string;
    readonly checkpointNotSigned: string;
    readonly entryChanged: (entry: number) => string;
    readonly notIncluded: (entry: number) => string;
    readonly notIssued: string;
  };
  readonly figures: Judged;
  readonly order: {
    readonly yes: (first: number, last: number) => string;
    readonly no: string;
    readonly none: string;
  };
  readonly origin: Judged;
  readonly key: {
    readonly asExpected: (fingerprint: string) => string;
    readonly another: (fingerprint: string) => string;
    readonly seen: (fingerprint: string) => string;
    readonly notSeen: string;
    readonly anotherThanSeen: string;
    readonly inChain: (fingerprint: string, keys: number) => string;
    readonly notInChain: string;
    readonly firstTime: (fingerprint: string) => string;
  };
  readonly history: Compared & {
    /** Null: nothing is remembered. */
    readonly firstTime: (others: number | null) => string;
  };
  readonly checkpoint: Compared & {
    readonly none: string;
    readonly anotherLedger: string;
    readonly unknownKey: string;
  };
  readonly export: Compared & {
    readonly wrong: (line: number, what: ExportFault['wrong']) => string;
    readonly later: (entries: string) => string;
  };
  readonly growth: { readonly none: string; readonly unknownKey: string };
  readonly model: Readonly<Record<'none' | 'after' | 'before' | 'another', string>>;
  readonly unknowable: readonly string[];
}

const en: Words = {
  verdict: {
    accepted: 'The certificate holds, as far as it was checked.',
    refused: 'The certificate does not hold.',
    undecided: 'Nothing false was found, but something that was asked for cannot be shown.',
  },
  says: {
    PASS: 'Its verdict on the erasure is PASS.',
    FAIL: 'Its verdict on the erasure is FAIL.',
    INCONCLUSIVE: 'Its verdict on the erasure is INCONCLUSIVE: it claims nothing either way.',
    none: 'It has no verdict on the erasure.',
  },
  headings: {
    proved: 'Proved',
    refused: 'False',
    open: 'Not shown',
    'not-asked': 'Not checked',
    unknowable: 'What this cannot know',
  },
  noEd25519:
    'This browser or Node cannot check Ed25519 signatures, so nothing was checked. Use Node 20, Chromium 137, Firefox 129, Safari 17, or newer.',
  flaw: (flaw) => {
    switch (flaw.flaw) {
      case 'too-large':
        return 'The file is far too large to be a certificate.';
      case 'no-attachment':
        return 'No certificate is attached to this PDF, or more than one: it was changed, or is another document.';
      case 'no-text':
        return 'The file is no text in UTF-8: bytes of it were changed, or it is no certificate.';
      case 'not-canonical':
        return 'The file is no JSON in canonical form (RFC 8785): bytes of it were changed, or it is no certificate.';
      case 'first-form':
        return 'This is a certificate of the first form, which carries no proof of its own. Check it with “lethe certificate verify --ledger”.';
      case 'another-form':
        return `The file does not have the form of a certificate, at “${flaw.place}”.`;
    }
  },
  form: (id, caseId) =>
    `It has the form of a certificate, to the letter: ${id}, of case ${caseId}.`,
  signature: {
    yes: 'It is as it was signed: not a byte of it was changed since.',
    no: 'It was changed after it was signed, or is signed with another key than it names.',
  },
  pages: {
    yes: 'Not a byte of the PDF was changed since it was signed with the same key.',
    no: 'The PDF was changed after it was signed, or signed with another key: its pages may say anything.',
  },
  names: {
    yes: 'The names in it are those that were issued with it.',
    no: 'The names in it are not those that were issued with it.',
    without:
      'It is the form without names. Whoever has the form with names holds the same certificate.',
    gone: 'It was issued when the names of the case were destroyed already.',
  },
  inclusion: {
    yes: (entry, size) =>
      `The ledger has it on record as entry ${String(entry)} of ${String(size)}, and its run before it; the ledger’s signature is over all of them (RFC 9162).`,
    anotherLedger: 'Its proof is of another ledger than the one it names.',
    checkpointNotSigned:
      'The checkpoint in its proof is not signed with the key that signed the certificate.',
    entryChanged: (entry) => `Entry ${String(entry)} in its proof was changed, or is out of place.`,
    notIncluded: (entry) =>
      `Entry ${String(entry)} is not shown to be in the ledger: its proof does not lead to the signed root.`,
    notIssued: 'The last entry in its proof does not say that this very certificate was issued.',
  },
  figures: {
    yes: 'Plan, figures, verdict and sign-offs in it are those that the ledger’s entries hold.',
    no: 'Plan, figures, verdict or sign-offs in it are not those that the ledger’s entries hold.',
  },
  order: {
    yes: (first, last) =>
      `What the findings had to keep to was on record before the run (entry ${String(first)}), the outcome after it (entry ${String(last)}).`,
    no: 'What the findings had to keep to is not what was on record before the run.',
    none: 'It has no findings, so there was nothing to fix before the run.',
  },
  origin: {
    yes: 'It is of the ledger that you named.',
    no: 'It is of another ledger than the one that you named.',
  },
  key: {
    asExpected: (fingerprint) =>
      `The key is the one that you named, or was put in its place by the ledger itself. Its fingerprint is ${fingerprint}.`,
    another: (fingerprint) =>
      `The key is not the one that you named: its fingerprint is ${fingerprint}.`,
    seen: (fingerprint) =>
      `The key was seen with this ledger before, or follows from one that was. Its fingerprint is ${fingerprint}.`,
    notSeen:
      'The key is another one than was seen with this ledger before. A ledger replaces its key every day that it is used; that this one is its own, the whole export of the ledger shows.',
    anotherThanSeen:
      'None of the ledger’s keys is one that was seen before: this is another ledger under the same name.',
    inChain: (fingerprint, keys) =>
      `The key was the ledger’s own at the time (it has had ${String(keys)}). Whose ledger it is, the files cannot tell: compare the fingerprint ${fingerprint} with one that you got another way.`,
    notInChain: 'By the ledger’s export another key was in force when the certificate was issued.',
    firstTime: (fingerprint) =>
      `This key was not seen before. Whose it is, the file cannot tell: compare its fingerprint ${fingerprint} with one that you got another way.`,
  },
  history: {
    one: (other, own) =>
      `The last checkpoint seen of this ledger (${String(other)} entries) and the certificate’s (${String(own)}) are of one history.`,
    two: 'The ledger was rewritten: the last checkpoint seen of it and the certificate’s cannot be of one history.',
    unknown: (other, own) =>
      `It is not shown that the last checkpoint seen of this ledger (${String(other)} entries) and the certificate’s (${String(own)}) are of one history. Give the whole export of the ledger, or what “lethe ledger prove --since” prints.`,
    firstTime: (others) =>
      others === null
        ? 'Nothing is remembered here, so there is no last checkpoint to compare with.'
        : others === 0
          ? 'No ledger was seen before, so there is no checkpoint to compare with. This one is remembered.'
          : `This ledger was not seen before (${String(others)} other${others === 1 ? ' was' : 's were'}), so there is no checkpoint to compare with. This one is remembered.`,
  },
  checkpoint: {
    one: (other, own) =>
      `The checkpoint given (${String(other)} entries) and the certificate’s (${String(own)}) are of one history.`,
    two: 'The ledger was rewritten: the checkpoint given and the certificate’s cannot be of one history.',
    unknown: (other, own) =>
      `It is not shown that the checkpoint given (${String(other)} entries) and the certificate’s (${String(own)}) are of one history. Give the whole export of the ledger, or what “lethe ledger prove --since” prints.`,
    none: 'The checkpoint given is none: it was changed, or is another file.',
    anotherLedger: 'The checkpoint given is of another ledger.',
    unknownKey:
      'The checkpoint given is not signed with a key of the ledger that is known here. If it is an older one, give the whole export of the ledger.',
  },
  export: {
    one: (other, own) =>
      `The ledger’s export (${String(other)} entries) and the certificate’s checkpoint (${String(own)}) are of one history, and everything in the export holds.`,
    two: 'The ledger was rewritten: its export and the certificate’s checkpoint cannot be of one history.',
    unknown: (other, own) =>
      `Every entry in the export (of a ledger of ${String(other)}) is proved, but entries are missing in it, so it is not shown that it and the certificate’s checkpoint (${String(own)} entries) are of one history. Give the whole export.`,
    wrong: (line, what) =>
      `The ledger’s export is wrong in line ${String(line)}: ${wrongEn[what]}.`,
    later: (entries) =>
      `Since it was issued, the ledger has further entries of the case: ${entries}.`,
  },
  growth: {
    none: 'The proof that the ledger grew is none, or is of another ledger.',
    unknownKey: 'The proof that the ledger grew is not signed with a key of it that is known here.',
  },
  model: {
    none: 'No model was given to compare with.',
    after: 'The model given is the erased model that the certificate is about.',
    before: 'The model given is the one from before the erasure.',
    another:
      'The model given is not the erased model that the certificate is about, or was changed since.',
  },
  unknowable: [
    'Whether the figures are true: they were measured and signed by the program that issued the certificate. What is proved is that they were not changed, and when in the order of the ledger they were written down.',
    'Whose key it is, beyond what you know of its fingerprint.',
    'Whether the ledger’s keeper shows others another ledger: compare checkpoints with them.',
    'What time it was: times are the word of the machine, except where a witness or a time-stamping authority is named.',
    'Whether there are copies of the model, backups, or models made from it.',
  ],
};

const wrongEn: Readonly<Record<ExportFault['wrong'], string>> = {
  form: 'it does not have the form of one',
  origin: 'it is of another ledger',
  order: 'an entry is out of order',
  hash: 'the entry was changed',
  proof: 'the entry is not shown to be in the ledger',
  previous: 'the entry does not follow the one before it',
  key: 'a key was not replaced as the ledger does it',
  signature: 'an entry up to here is not signed with the ledger’s key of its time',
  root: 'its entries are not those that the checkpoint counts',
  'checkpoint-signature': 'the checkpoint is not signed with the ledger’s key of its time',
};

const de: Words = {
  verdict: {
    accepted: 'Das Zertifikat hält stand, soweit es geprüft wurde.',
    refused: 'Das Zertifikat hält nicht stand.',
    undecided: 'Falsches wurde nicht gefunden, aber etwas Verlangtes lässt sich nicht zeigen.',
  },
  says: {
    PASS: 'Sein Urteil über die Löschung lautet: bestanden (PASS).',
    FAIL: 'Sein Urteil über die Löschung lautet: nicht bestanden (FAIL).',
    INCONCLUSIVE:
      'Sein Urteil über die Löschung lautet: offen (INCONCLUSIVE). Es behauptet nichts, weder so noch so.',
    none: 'Ein Urteil über die Löschung enthält es nicht.',
  },
  headings: {
    proved: 'Bewiesen',
    refused: 'Falsch',
    open: 'Nicht gezeigt',
    'not-asked': 'Nicht geprüft',
    unknowable: 'Was sich so nicht wissen lässt',
  },
  noEd25519:
    'Dieser Browser oder dieses Node kann Ed25519-Signaturen nicht prüfen, darum wurde nichts geprüft. Nötig ist Node 20, Chromium 137, Firefox 129, Safari 17 oder neuer.',
  flaw: (flaw) => {
    switch (flaw.flaw) {
      case 'too-large':
        return 'Die Datei ist viel zu groß für ein Zertifikat.';
      case 'no-attachment':
        return 'An diesem PDF hängt kein Zertifikat, oder mehr als eines: Es wurde verändert oder ist ein anderes Dokument.';
      case 'no-text':
        return 'Die Datei ist kein Text in UTF-8: Bytes wurden verändert, oder sie ist kein Zertifikat.';
      case 'not-canonical':
        return 'Die Datei ist kein JSON in kanonischer Form (RFC 8785): Bytes wurden verändert, oder sie ist kein Zertifikat.';
      case 'first-form':
        return 'Dies ist ein Zertifikat der ersten Form, das keinen Beweis bei sich trägt. Geprüft wird es mit „lethe certificate verify --ledger“.';
      case 'another-form':
        return `Die Datei hat nicht die Form eines Zertifikats, bei „${flaw.place}“.`;
    }
  },
  form: (id, caseId) =>
    `Es hat bis auf den Buchstaben die Form eines Zertifikats: ${id}, zum Fall ${caseId}.`,
  signature: {
    yes: 'Es ist, wie es signiert wurde: Kein Byte wurde seither verändert.',
    no: 'Es wurde nach dem Signieren verändert, oder es ist mit einem anderen Schlüssel signiert, als es nennt.',
  },
  pages: {
    yes: 'Kein Byte des PDF wurde verändert, seit es mit demselben Schlüssel signiert wurde.',
    no: 'Das PDF wurde nach dem Signieren verändert oder mit einem anderen Schlüssel signiert: Auf seinen Seiten kann alles Mögliche stehen.',
  },
  names: {
    yes: 'Die Namen darin sind die, mit denen es ausgestellt wurde.',
    no: 'Die Namen darin sind nicht die, mit denen es ausgestellt wurde.',
    without:
      'Es ist die Form ohne Namen. Wer die Form mit Namen hat, hält dasselbe Zertifikat in der Hand.',
    gone: 'Als es ausgestellt wurde, waren die Namen des Falls schon vernichtet.',
  },
  inclusion: {
    yes: (entry, size) =>
      `Im Protokoll steht es als Eintrag ${String(entry)} von ${String(size)}, sein Lauf davor; die Signatur des Protokolls gilt für alle zusammen (RFC 9162).`,
    anotherLedger: 'Sein Beweis gehört zu einem anderen Protokoll, als es nennt.',
    checkpointNotSigned:
      'Der Kontrollpunkt in seinem Beweis ist nicht mit dem Schlüssel des Zertifikats signiert.',
    entryChanged: (entry) =>
      `Eintrag ${String(entry)} in seinem Beweis wurde verändert oder steht nicht an seinem Platz.`,
    notIncluded: (entry) =>
      `Dass Eintrag ${String(entry)} im Protokoll steht, ist nicht gezeigt: Sein Beweis führt nicht zur signierten Wurzel.`,
    notIssued:
      'Der letzte Eintrag in seinem Beweis sagt nicht, dass genau dieses Zertifikat ausgestellt wurde.',
  },
  figures: {
    yes: 'Plan, Messwerte, Urteil und Unterschriften darin sind die aus den Einträgen im Protokoll.',
    no: 'Plan, Messwerte, Urteil oder Unterschriften darin sind nicht die aus den Einträgen im Protokoll.',
  },
  order: {
    yes: (first, last) =>
      `Woran die Befunde sich messen lassen mussten, stand vor dem Lauf fest (Eintrag ${String(first)}), das Ergebnis danach (Eintrag ${String(last)}).`,
    no: 'Woran die Befunde gemessen wurden, ist nicht das, was vor dem Lauf feststand.',
    none: 'Es enthält keine Befunde, darum war vor dem Lauf nichts festzulegen.',
  },
  origin: {
    yes: 'Es gehört zu dem Protokoll, das Sie genannt haben.',
    no: 'Es gehört zu einem anderen Protokoll, als Sie genannt haben.',
  },
  key: {
    asExpected: (fingerprint) =>
      `Der Schlüssel ist der, den Sie genannt haben, oder das Protokoll selbst hat ihn an dessen Stelle gesetzt. Sein Fingerabdruck ist ${fingerprint}.`,
    another: (fingerprint) =>
      `Der Schlüssel ist nicht der, den Sie genannt haben: Sein Fingerabdruck ist ${fingerprint}.`,
    seen: (fingerprint) =>
      `Der Schlüssel wurde mit diesem Protokoll schon gesehen oder folgt aus einem, der es wurde. Sein Fingerabdruck ist ${fingerprint}.`,
    notSeen:
      'Der Schlüssel ist ein anderer, als mit diesem Protokoll bisher gesehen wurde. Ein Protokoll ersetzt seinen Schlüssel an jedem Tag, an dem es benutzt wird; dass dieser sein eigener ist, zeigt der ganze Export des Protokolls.',
    anotherThanSeen:
      'Keiner der Schlüssel des Protokolls wurde schon einmal gesehen: Es ist ein anderes Protokoll unter demselben Namen.',
    inChain: (fingerprint, keys) =>
      `Der Schlüssel war damals der des Protokolls (es hatte bisher ${String(keys)}). Wem das Protokoll gehört, können die Dateien nicht sagen: Vergleichen Sie den Fingerabdruck ${fingerprint} mit einem, den Sie auf anderem Weg erhalten haben.`,
    notInChain:
      'Nach dem Export des Protokolls galt ein anderer Schlüssel, als das Zertifikat ausgestellt wurde.',
    firstTime: (fingerprint) =>
      `Dieser Schlüssel wurde noch nie gesehen. Wem er gehört, kann die Datei nicht sagen: Vergleichen Sie seinen Fingerabdruck ${fingerprint} mit einem, den Sie auf anderem Weg erhalten haben.`,
  },
  history: {
    one: (other, own) =>
      `Der zuletzt gesehene Kontrollpunkt dieses Protokolls (${String(other)} Einträge) und der des Zertifikats (${String(own)}) gehören zu einer Geschichte.`,
    two: 'Das Protokoll wurde umgeschrieben: Sein zuletzt gesehener Kontrollpunkt und der des Zertifikats können nicht zu einer Geschichte gehören.',
    unknown: (other, own) =>
      `Dass der zuletzt gesehene Kontrollpunkt dieses Protokolls (${String(other)} Einträge) und der des Zertifikats (${String(own)}) zu einer Geschichte gehören, ist nicht gezeigt. Dazu braucht es den ganzen Export des Protokolls oder das, was „lethe ledger prove --since“ ausgibt.`,
    firstTime: (others) =>
      others === null
        ? 'Hier wird nichts gemerkt, darum gibt es keinen letzten Kontrollpunkt zum Vergleichen.'
        : others === 0
          ? 'Bisher wurde kein Protokoll gesehen, darum gibt es keinen Kontrollpunkt zum Vergleichen. Dieser wird gemerkt.'
          : `Dieses Protokoll wurde noch nie gesehen (${String(others)} ${others === 1 ? 'anderes' : 'andere'} schon), darum gibt es keinen Kontrollpunkt zum Vergleichen. Dieser wird gemerkt.`,
  },
  checkpoint: {
    one: (other, own) =>
      `Der angegebene Kontrollpunkt (${String(other)} Einträge) und der des Zertifikats (${String(own)}) gehören zu einer Geschichte.`,
    two: 'Das Protokoll wurde umgeschrieben: Der angegebene Kontrollpunkt und der des Zertifikats können nicht zu einer Geschichte gehören.',
    unknown: (other, own) =>
      `Dass der angegebene Kontrollpunkt (${String(other)} Einträge) und der des Zertifikats (${String(own)}) zu einer Geschichte gehören, ist nicht gezeigt. Dazu braucht es den ganzen Export des Protokolls oder das, was „lethe ledger prove --since“ ausgibt.`,
    none: 'Der angegebene Kontrollpunkt ist keiner: Er wurde verändert oder ist eine andere Datei.',
    anotherLedger: 'Der angegebene Kontrollpunkt gehört zu einem anderen Protokoll.',
    unknownKey:
      'Der angegebene Kontrollpunkt ist mit keinem Schlüssel des Protokolls signiert, der hier bekannt ist. Ist er älter, braucht es den ganzen Export des Protokolls.',
  },
  export: {
    one: (other, own) =>
      `Der Export des Protokolls (${String(other)} Einträge) und der Kontrollpunkt des Zertifikats (${String(own)}) gehören zu einer Geschichte, und alles in dem Export hält stand.`,
    two: 'Das Protokoll wurde umgeschrieben: Sein Export und der Kontrollpunkt des Zertifikats können nicht zu einer Geschichte gehören.',
    unknown: (other, own) =>
      `Jeder Eintrag in dem Export (eines Protokolls von ${String(other)}) ist bewiesen, aber es fehlen Einträge, darum ist nicht gezeigt, dass er und der Kontrollpunkt des Zertifikats (${String(own)} Einträge) zu einer Geschichte gehören. Dazu braucht es den ganzen Export.`,
    wrong: (line, what) =>
      `Der Export des Protokolls ist falsch in Zeile ${String(line)}: ${wrongDe[what]}.`,
    later: (entries) =>
      `Seit es ausgestellt wurde, hat das Protokoll weitere Einträge zu dem Fall: ${entries}.`,
  },
  growth: {
    none: 'Der Beweis, dass das Protokoll gewachsen ist, ist keiner oder gehört zu einem anderen Protokoll.',
    unknownKey:
      'Der Beweis, dass das Protokoll gewachsen ist, ist mit keinem seiner Schlüssel signiert, der hier bekannt ist.',
  },
  model: {
    none: 'Es wurde kein Modell zum Vergleichen angegeben.',
    after: 'Das angegebene Modell ist das nach der Löschung, um das es in dem Zertifikat geht.',
    before: 'Das angegebene Modell ist das von vor der Löschung.',
    another:
      'Das angegebene Modell ist nicht das, um das es in dem Zertifikat geht, oder es wurde seither verändert.',
  },
  unknowable: [
    'Ob die Messwerte wahr sind: Gemessen und signiert hat sie das Programm, das das Zertifikat ausgestellt hat. Bewiesen ist, dass sie nicht verändert wurden und an welcher Stelle im Protokoll sie festgehalten wurden.',
    'Wem der Schlüssel gehört, über das hinaus, was Sie von seinem Fingerabdruck wissen.',
    'Ob, wer das Protokoll führt, anderen ein anderes zeigt: Vergleichen Sie Kontrollpunkte miteinander.',
    'Wie spät es war: Zeiten sind das Wort der Maschine, außer wo ein Zeuge oder ein Zeitstempeldienst genannt ist.',
    'Ob es Kopien des Modells, Sicherungen oder daraus abgeleitete Modelle gibt.',
  ],
};

const wrongDe: Readonly<Record<ExportFault['wrong'], string>> = {
  form: 'Sie hat nicht die Form einer solchen',
  origin: 'Sie gehört zu einem anderen Protokoll',
  order: 'Ein Eintrag steht nicht in der Reihe',
  hash: 'Der Eintrag wurde verändert',
  proof: 'Dass der Eintrag im Protokoll steht, ist nicht gezeigt',
  previous: 'Der Eintrag folgt nicht auf den vor ihm',
  key: 'Ein Schlüssel wurde nicht so ersetzt, wie das Protokoll es tut',
  signature: 'Ein Eintrag bis hierher ist nicht mit dem damaligen Schlüssel signiert',
  root: 'Die Einträge sind nicht die, die der Kontrollpunkt zählt',
  'checkpoint-signature': 'Der Kontrollpunkt ist nicht mit dem damaligen Schlüssel signiert',
};

export const words: Readonly<Record<Language, Words>> = { en, de };
