import { openLedger } from '../../../app/ledger/ledger.ts';

/** A writer that stays until it is killed. */
const [, , folder] = process.argv;
const ledger = openLedger(folder, '0.1.0');
ledger.append({ kind: 'run-cancelled', case: '2026-0001', payload: {} });
process.send?.('open');
setInterval(() => ledger.identity, 1000);
