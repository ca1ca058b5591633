import { canonicalJson } from './canonical-json.ts';
import type { LedgerReader } from './ledger.ts';

/*
 * What a ledger hands to a verifier that has nothing of Lethe: lines of canonical JSON (RFC 8785). The first one has the
 * checkpoint and how many entries follow; each other one an entry, its place among the leaves and its inclusion proof
 * against that checkpoint. The bytes of `entry`, as they stand in the line, are the leaf's data.
 */

/** @param caseId only this case's entries */
export function* exportLines(reader: LedgerReader, caseId?: string): Generator<string> {
  const { checkpoint, proofs } = reader.proofs(caseId);
  yield canonicalJson({ checkpoint, form: 'lethe-ledger-export/1' });
  for (const { record, index, path } of proofs) {
    yield `{"entry":${record},"index":${String(index)},"path":${canonicalJson(path)}}`;
  }
}
