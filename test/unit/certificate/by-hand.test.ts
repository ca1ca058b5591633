import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IssuedCertificate } from '../../../app/certificate/issue.ts';
import { issueFor, makeDesk, type Desk } from './certificates.ts';

let desk: Desk;
let issued: IssuedCertificate;
let folder: string;

beforeAll(async () => {
  desk = makeDesk();
  folder = mkdtempSync(join(tmpdir(), 'lethe-by-hand-'));
  issued = await issueFor(desk, ['cat', 'dog'], [1]);
}, 300_000);
afterAll(() => {
  desk.clear();
  rmSync(folder, { recursive: true });
});

/** The shell commands that docs/certificate.md gives, to the letter. */
function commands(): string {
  const text = readFileSync(
    fileURLToPath(new URL('../../../docs/certificate.md', import.meta.url)),
    'utf8',
  );
  return [...text.matchAll(/```sh\n# by hand\n([^`]*)```/g)].map(([, lines]) => lines).join('\n');
}

function run(): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync('bash', ['-e', '-c', commands()], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

const tools = ['openssl', 'sha256sum', 'jq', 'xxd', 'bash'];
const missing = tools.filter((tool) => spawnSync('which', [tool]).status !== 0);

describe('checking a certificate by hand', () => {
  it('works with the commands that are documented, and fails where a byte was changed', (context) => {
    if (missing.length > 0) context.skip(`not on this machine: ${missing.join(', ')}`);
    const bytes = readFileSync(issued.json, 'utf8');
    writeFileSync(join(folder, 'certificate.json'), bytes);
    const { status, output } = run();
    expect(output).toContain('Signature Verified Successfully');
    expect(output.match(/^the same$/gm)).toHaveLength(2);
    expect(status).toBe(0);

    writeFileSync(
      join(folder, 'certificate.json'),
      bytes.replace('"language":"en"', '"language":"de"'),
    );
    expect(run().output).toMatch(/Signature Verification Failure/);
  });
});
