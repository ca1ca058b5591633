import type { ProtectionName } from '../ledger/key-protection.ts';
import type { LedgerReport, ListedEntry } from '../ledger/ledger.ts';
import { fingerprintOf } from '../ledger/signing.ts';
import { spokenFingerprint } from '../ledger/spoken-fingerprint.ts';
import { assertedTime, type TimeEvidence } from '../ledger/time-evidence.ts';

/** How `lethe ledger` says to a person what it found. */

export function verifyLines(
  report: LedgerReport,
  evidence: readonly (TimeEvidence | string)[],
  isCompared: boolean,
): string[] {
  if (!report.ok) return [`The ledger does not verify. ${report.sentence}`];
  const { entries, sealed, clockRanBack, identity, keys, head, checkpoint, protection } = report;
  return [
    `The ledger is whole: ${String(entries)} entries, each in its place and signed.`,
    isCompared
      ? 'It grew out of the one that the checkpoint given was made of.'
      : 'Whether its holder cut it, replaced it or wrote the entries of the current key anew, only a checkpoint kept elsewhere can tell: give it by --checkpoint.',
    sealed
      ? 'Every byte of its file is as Lethe left it.'
      : 'Its file was not closed by Lethe yet (a run is under way, or was killed), so only the entries were checked.',
    ...(clockRanBack.length === 0
      ? []
      : [
          `The machine's clock ran backwards before entry ${clockRanBack.join(', ')}: the order is that of the numbers, not of the times.`,
        ]),
    ...evidence.map((found) => (typeof found === 'string' ? found : evidenceWords(found))),
    evidence.length === 0 ? `No one else has seen it: ${assertedTime}.` : trustSentence,
    row('ledger', identity.origin),
    row('first key', identity.fingerprint),
    row('key now', fingerprintOf(keys[keys.length - 1].publicKey)),
    row('', protectionWords(protection)),
    row('last entry', head),
    ...(checkpoint === null ? [] : checkpointRows(checkpoint)),
  ];
}

const trustSentence =
  'Whether those who say so can be trusted, and their keys are theirs, was not checked.';

export function trustWords({ kind }: TimeEvidence): string {
  return kind === 'authority'
    ? "The time-stamp's signature holds. Whether the certificate that it carries can be trusted was not checked."
    : "The witness's signature holds. Whether the key given is that witness's was not checked.";
}

export function evidenceWords({ size, time, by }: TimeEvidence): string {
  return `Entries up to ${String(size)} existed on ${time.slice(0, 19).replace('T', ' ')} UTC, says ${by}.`;
}

export function protectionWords(protection: ProtectionName | null): string {
  switch (protection) {
    case 'none':
      return 'kept WITHOUT a passphrase: whoever can read the folder can sign';
    case 'passphrase':
      return 'locked with a passphrase';
    case 'system':
      return "locked by the keychain of the system's account";
    case null:
      return 'not here: nothing can be added';
  }
}

export function checkpointRows(checkpoint: string): string[] {
  return [row('checkpoint', spokenFingerprint(checkpoint))];
}

export function row(title: string, text: string): string {
  return `  ${title.padEnd(13)}${text}`;
}

export function entryTable(page: readonly ListedEntry[]): string {
  if (page.length === 0) return 'There are no such entries.\n';
  const rows = page.map(({ entry, clockRanBack, evidence }) => {
    const time = `${clockTime(entry.time)}${clockRanBack ? ' !' : ''}`;
    const seen = evidence === null ? '-' : clockTime(evidence.time);
    return columns(String(entry.sequence), time, entry.kind, entry.case ?? '', seen);
  });
  const notes = [
    `Times are asserted by this machine; “seen by” is when someone else saw a checkpoint that counts the entry.`,
    ...(page.some(({ clockRanBack }) => clockRanBack)
      ? ['! The clock ran backwards here: the order is that of the numbers.']
      : []),
    ...(page[page.length - 1].entry.sequence > 1
      ? [`Older ones: --before ${String(page[page.length - 1].entry.sequence)}`]
      : []),
  ];
  const head = columns('entry', 'time (UTC)', 'kind', 'case', 'seen by');
  return `${[head, ...rows, '', ...notes].join('\n')}\n`;
}

function columns(entry: string, time: string, kind: string, id: string, seen: string): string {
  return `${entry.padStart(7)}  ${time.padEnd(22)}${kind.padEnd(24)}${id.padEnd(12)}${seen}`;
}

function clockTime(time: string): string {
  return time.slice(0, 19).replace('T', ' ');
}
