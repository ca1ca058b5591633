import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openLedger } from '../../app/ledger/ledger.ts';
import { runLethe, type Finished } from '../run-lethe.ts';
import { temporaryFolder } from '../temporary-folder.ts';

function written(): { folder: string; run: (...args: string[]) => Promise<Finished> } {
  const folder = join(temporaryFolder(), 'ledger');
  const ledger = openLedger(folder, '0.1.0');
  ledger.append({ kind: 'run-failed', case: '2026-0001', payload: { problem: 'internal' } });
  ledger.append({ kind: 'run-cancelled', case: '2026-0002', payload: {} });
  ledger.close();
  return { folder, run: (...args) => runLethe(['ledger', ...args, '--ledger', folder]) };
}

describe('lethe ledger', () => {
  it('lists entries in pages, of one case or one kind', async () => {
    const { run } = written();
    const page = await run('list', '--count', '2');
    expect(page.output).toMatch(/3 .*run-cancelled.*\n +2 .*run-failed/);
    expect(page.output).toMatch(/Older ones: --before 2/);
    const older = await run('list', '--before', '2');
    expect(older.output).toMatch(/1 .*ledger-opened/);
    const ofCase = await run('list', '--case', '2026-0002', '--json');
    const entries = ofCase.output.trim().split('\n');
    expect(entries).toHaveLength(1);
    expect(JSON.parse(entries[0])).toMatchObject({ event: 'entry', entry: { sequence: 3 } });
    expect((await run('list', '--kind', 'run-finished')).output).toMatch(/no such entries/);
    expect((await run('list', '--count', 'many')).status).toBe(2);
  });

  it('exports a checkpoint, and finds against it that the ledger was cut', async () => {
    const { folder, run } = written();
    const file = join(temporaryFolder(), 'checkpoint.txt');
    const shown = await run('checkpoint', '--export', file, '--qr');
    expect(shown.output).toContain(readFileSync(file, 'utf8'));
    expect(shown.output).toMatch(/Fingerprint {2}\d{5}( \d{5}){7}\n/);
    expect(shown.output).toMatch(/▀.*▀/);
    expect(await run('verify', '--checkpoint', file)).toMatchObject({ status: 0 });

    const old = [join(folder, 'ledger.sqlite'), join(folder, 'ledger.seal')].map(
      (path) => [path, readFileSync(path)] as const,
    );
    const ledger = openLedger(folder, '0.1.0');
    ledger.append({ kind: 'run-cancelled', case: '2026-0003', payload: {} });
    ledger.close();
    await run('checkpoint', '--export', file);
    for (const [path, bytes] of old) writeFileSync(path, bytes);
    expect((await run('verify')).status).toBe(0);
    const { status, output } = await run('verify', '--checkpoint', file);
    expect(status).toBe(1);
    expect(output).toMatch(/does not verify. Entry 4 is missing/);
  });

  it('writes a QR code to a file, too', async () => {
    const { run } = written();
    const file = join(temporaryFolder(), 'checkpoint.svg');
    expect((await run('checkpoint', '--qr', file)).output).not.toMatch(/▀/);
    expect(readFileSync(file, 'utf8')).toMatch(/^<svg/);
  });

  it('says plainly how the key is kept, and locks it on demand', async () => {
    const { folder, run } = written();
    const unlocked = /WITHOUT a passphrase: whoever can read the folder can sign/;
    expect((await run('info')).output).toMatch(unlocked);
    expect((await run('verify')).output).toMatch(unlocked);
    const secret = join(temporaryFolder(), 'secret');
    writeFileSync(secret, 'correct horse\n');
    expect((await run('rotate-key', '--new-passphrase-file', secret)).output).toMatch(
      /old one destroyed.*locked with a passphrase/s,
    );
    expect((await run('info')).output).toMatch(/number 2, since .*locked with a passphrase/s);
    const without = await run('rotate-key');
    expect(without.status).toBe(3);
    expect(without.errors).toMatch(/locked with a passphrase\. Give it in the variable/);
    expect(await run('rotate-key', '--passphrase-file', secret)).toMatchObject({ status: 0 });
    const open = await run('rotate-key', '--passphrase-file', secret, '--unprotected');
    expect(open.output).toMatch(unlocked);
    expect(() => openLedger(folder, '0.1.0').close()).not.toThrow();
    writeFileSync(secret, '\n');
    expect((await run('rotate-key', '--new-passphrase-file', secret)).errors).toMatch(/empty/);
  });

  it('proves an entry, and exports all with their proofs', async () => {
    const { run } = written();
    const proof = await run('prove', '2');
    expect(JSON.parse(proof.output)).toMatchObject({ index: 1 });
    const growth = await run('prove', '2', '--since');
    const path = z.object({ path: z.array(z.string()) }).parse(JSON.parse(growth.output)).path;
    expect(path).toHaveLength(1);
    const missing = await run('prove', '9');
    expect(missing.status).toBe(2);
    expect(missing.errors).toMatch(/There is no entry 9: the ledger has 3/);

    const file = join(temporaryFolder(), 'export.jsonl');
    expect((await run('export', file)).status).toBe(0);
    expect((await run('export')).output).toBe(readFileSync(file, 'utf8'));
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(4);
    expect((await run('export', file)).errors).toMatch(/A file that exists is not overwritten/);
  });

  it('says what is missing for evidence of time, and refuses what is none', async () => {
    const { run } = written();
    const file = join(temporaryFolder(), 'checkpoint.txt');
    await run('checkpoint', '--export', file);
    expect((await run('import', file)).errors).toMatch(/Say whose it is/);
    expect((await run('import', file, '--witness', 'w')).errors).toMatch(/no key of a witness/);
    expect((await run('import', file, '--checkpoint', file)).errors).toMatch(
      /is none \(RFC 3161\)/,
    );
    expect((await run('import', 'nothing', '--witness', 'w')).status).toBe(2);
    expect((await run('verify')).output).toMatch(/time asserted by this machine/);
  });
});
