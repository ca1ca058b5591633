import type { CaseRecord } from '../cases/case-record.ts';
import { csv } from './csv.ts';
import { classesText, closedOn, receivedOn, type Report } from './report.ts';

/** A row for each case; a cell is empty where nothing is known, or the names were destroyed. */
export function reportCsv({ records }: Report): string {
  const titles = columns.map(([title]) => title);
  return csv([titles, ...records.map((record) => columns.map(([, text]) => text(record) ?? ''))]);
}

type Text = (record: CaseRecord) => string | null | undefined;

const columns: readonly (readonly [title: string, text: Text])[] = [
  ['case', ({ id }) => id],
  ['nature of the request', () => 'erasure'],
  ['reference', ({ details }) => details?.request],
  ['received', receivedOn],
  ['channel', ({ facts }) => facts.channel],
  ['law', ({ facts }) => facts.law],
  ['ground', ({ details }) => details?.ground],
  ['due', ({ facts }) => facts.due],
  ['extended', ({ facts }) => (facts.isExtended ? 'yes' : 'no')],
  ['reason of the extension', ({ details }) => details?.extension?.reason],
  ['subject', ({ details }) => details?.subject],
  ['controller', ({ details }) => details?.controller],
  ['officer', ({ details }) => details?.officer],
  ['reviewer', ({ details }) => details?.reviewer],
  ['state', ({ state }) => state],
  ['answer', ({ closing }) => closing?.outcome],
  ['answered', closedOn],
  ['reason of the answer', ({ closing }) => closing?.reason],
  ['classes', classesText],
  ['verdict', ({ runs }) => runs.at(-1)?.result?.verdict?.value],
  ['signed by', ({ signOffs }) => signOffs.map(({ role, name }) => name ?? role).join('; ')],
  ['signed', ({ signOffs }) => signOffs.at(-1)?.time.slice(0, 10)],
  ['recipients', ({ facts }) => String(facts.recipients)],
  ['recipients notified', ({ facts }) => String(facts.recipientsNotified)],
  ['locations', ({ facts }) => String(facts.locations)],
  ['locations decided', ({ facts }) => String(facts.locationsDecided)],
  ['certificates', ({ certificates }) => certificates.join('; ')],
  ['names kept until', ({ closing }) => closing?.retentionEnds],
  ['names destroyed', ({ forgotten }) => forgotten?.slice(0, 10)],
];
