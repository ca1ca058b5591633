import type { DetailsOnRecord } from '../ledger/entry.ts';
import { dueOf, type CaseDetails } from './case-details.ts';
import { detailsHmac, personHmac } from './case-file.ts';
import type { CaseFacts } from './case-record.ts';

/* What of the details comes into the ledger, and what is read there in the clear. */

/** @param key of the case's HMACs */
export function detailsOnRecord(details: CaseDetails, key: string): DetailsOnRecord {
  const { law, received, channel, extension, twoPersonSignOff, retentionEnds } = details;
  const { recipients, locations } = details;
  const person = (name: string): string | null =>
    name.trim() === '' ? null : personHmac(key, name);
  return {
    law,
    received,
    channel,
    due: dueOf(details),
    extended: extension?.decided ?? null,
    twoPersonSignOff,
    recipients: {
      all: recipients.length,
      notified: recipients.filter(({ notified }) => notified !== null).length,
    },
    locations: {
      all: locations.length,
      decided: locations.filter(({ decision }) => decision.trim() !== '').length,
    },
    retentionEnds,
    officer: person(details.officer),
    reviewer: person(details.reviewer),
    details: detailsHmac(key, details),
  };
}

/** @param onRecord null for a case that nothing was entered of */
export function factsOf(onRecord: DetailsOnRecord | null): CaseFacts {
  return {
    law: onRecord?.law ?? null,
    received: onRecord?.received ?? null,
    channel: onRecord?.channel ?? null,
    due: onRecord?.due ?? null,
    isExtended: onRecord !== null && onRecord.extended !== null,
    twoPersonSignOff: onRecord?.twoPersonSignOff ?? false,
    recipients: onRecord?.recipients.all ?? 0,
    recipientsNotified: onRecord?.recipients.notified ?? 0,
    locations: onRecord?.locations.all ?? 0,
    locationsDecided: onRecord?.locations.decided ?? 0,
    retentionEnds: onRecord?.retentionEnds ?? null,
  };
}
