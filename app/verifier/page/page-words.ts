import type { Language } from '../words.ts';

/** What the page says besides the report. */
export interface PageWords {
  readonly title: string;
  readonly lead: string;
  readonly certificate: string;
  readonly certificateHint: string;
  readonly more: string;
  readonly model: string;
  readonly modelHint: string;
  readonly fingerprint: string;
  readonly fingerprintHint: string;
  readonly ledgerExport: string;
  readonly ledgerExportHint: string;
  readonly checkpoint: string;
  readonly checkpointHint: string;
  readonly growth: string;
  readonly growthHint: string;
  readonly check: string;
  readonly checking: string;
  readonly unreadable: string;
  readonly forget: string;
  readonly forgotten: string;
  readonly remembers: string;
  readonly cannotRemember: string;
  readonly offline: string;
}

export const pageWords: Readonly<Record<Language, PageWords>> = {
  en: {
    title: 'Check a certificate',
    lead: 'This page tells what a certificate of erasure proves, what it does not, and what nobody can know from it. Nothing that you give it leaves this computer.',
    certificate: 'Certificate',
    certificateHint: 'The PDF, or the JSON.',
    more: 'More to check it with',
    model: 'Model',
    modelHint:
      'To tell whether it is the erased one: the file, or all files of a TF.js model’s folder.',
    fingerprint: 'Fingerprint of the key',
    fingerprintHint: 'As you got it another way than with the certificate: 64 digits.',
    ledgerExport: 'Export of the ledger',
    ledgerExportHint: 'What “lethe ledger export” wrote.',
    checkpoint: 'Checkpoint',
    checkpointHint: 'One of the ledger that was kept elsewhere.',
    growth: 'Proof that the ledger grew',
    growthHint: 'What “lethe ledger prove --since” printed, saved as a file.',
    check: 'Check',
    checking: 'Checking …',
    unreadable: 'A file could not be read:',
    forget: 'Forget all ledgers',
    forgotten: 'All ledgers are forgotten.',
    remembers:
      'This browser remembers the last checkpoint of each ledger, so that a ledger that was cut or rewritten since is found.',
    cannotRemember:
      'This browser remembers nothing for pages from the disk, so a ledger that was rewritten since is found only with a checkpoint that you kept.',
    offline: 'It works without a network, and without Lethe. Its source is in it, to be read.',
  },
  de: {
    title: 'Ein Zertifikat prüfen',
    lead: 'Diese Seite sagt, was ein Löschzertifikat beweist, was nicht, und was daraus niemand wissen kann. Nichts, was Sie ihr geben, verlässt diesen Rechner.',
    certificate: 'Zertifikat',
    certificateHint: 'Das PDF oder das JSON.',
    more: 'Womit es sich weiter prüfen lässt',
    model: 'Modell',
    modelHint:
      'Um zu sagen, ob es das nach der Löschung ist: die Datei, oder alle Dateien aus dem Ordner eines TF.js-Modells.',
    fingerprint: 'Fingerabdruck des Schlüssels',
    fingerprintHint:
      'Wie Sie ihn auf anderem Weg als mit dem Zertifikat erhalten haben: 64 Ziffern.',
    ledgerExport: 'Export des Protokolls',
    ledgerExportHint: 'Was „lethe ledger export“ geschrieben hat.',
    checkpoint: 'Kontrollpunkt',
    checkpointHint: 'Einer des Protokolls, der anderswo aufgehoben wurde.',
    growth: 'Beweis, dass das Protokoll gewachsen ist',
    growthHint: 'Was „lethe ledger prove --since“ ausgegeben hat, als Datei.',
    check: 'Prüfen',
    checking: 'Wird geprüft …',
    unreadable: 'Eine Datei ließ sich nicht lesen:',
    forget: 'Alle Protokolle vergessen',
    forgotten: 'Alle Protokolle sind vergessen.',
    remembers:
      'Dieser Browser merkt sich den letzten Kontrollpunkt jedes Protokolls; so fällt auf, wenn eines seither gekürzt oder umgeschrieben wurde.',
    cannotRemember:
      'Dieser Browser merkt sich für Seiten von der Festplatte nichts; ein seither umgeschriebenes Protokoll fällt nur mit einem Kontrollpunkt auf, den Sie aufgehoben haben.',
    offline:
      'Sie braucht kein Netz und kein Lethe. Ihr Quelltext steht in ihr und lässt sich lesen.',
  },
};
