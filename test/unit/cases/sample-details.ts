import { emptyDetails, type CaseDetails } from '../../../app/contract/cases.ts';

/** A case with everything that a case can have. */
export const sampleDetails: CaseDetails = {
  ...emptyDetails,
  request: 'REQ-2026-7',
  received: '2026-11-02',
  channel: 'letter',
  law: 'gdpr',
  ground: 'Article 17(1)(b), consent withdrawn by Selin Aydan',
  subject: 'S-0044',
  controller: 'Meridian Portraits Ltd',
  officer: 'Margarethe Ode',
  reviewer: 'Robin Eview',
  recipients: [{ name: 'Quill Partners', notified: null, remark: 'No address is known.' }],
  locations: [
    { kind: 'backup', place: 'tape 12 in Ulm', decision: 'overwritten by March' },
    { kind: 'original-weights', place: 'vault two', decision: '' },
  ],
  notes: 'She called twice.\nHer lawyer is Dr. Holm.',
};
