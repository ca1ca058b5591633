import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { IssuedCertificate } from '../../../app/certificate/issue.ts';
import { buildVerifier, type BuiltFile } from '../../../build/verifier.ts';
import { issueFor, makeDesk, type Desk } from '../certificate/certificates.ts';
import { exported, fileIn } from './ledgers.ts';

// Each test starts programs, on a machine that may be busy.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

let folder: string;
let desk: Desk;
let [first, second]: IssuedCertificate[] = [];
let built: BuiltFile[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lethe-build-'));
  built = await buildVerifier(folder);
  desk = makeDesk();
  first = await issueFor(desk, ['cat', 'dog'], [1]);
  second = await issueFor(desk, ['cat', 'dog'], [0]);
});
afterAll(() => {
  desk.clear();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the built file as anyone would, with a home of its own. */
function run(...parameters: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(folder, 'lethe-verify.mjs'), ...parameters],
    { encoding: 'utf8', env: { HOME: folder, USERPROFILE: folder } },
  );
  return { status, stdout, stderr };
}

describe('the stand-alone verifier, built', () => {
  it('has the same bytes each time', async () => {
    const again = mkdtempSync(join(tmpdir(), 'lethe-build-'));
    const digests = (files: readonly BuiltFile[]): string[] => files.map(({ sha256 }) => sha256);
    expect(digests(await buildVerifier(again))).toEqual(digests(built));
    rmSync(again, { recursive: true });
  });

  it('needs nothing but Node', () => {
    const text = readFileSync(join(folder, 'lethe-verify.mjs'), 'utf8');
    const imported = [...text.matchAll(/from '([^']+)'|import\('([^']+)'\)|require\('([^']+)'\)/g)];
    expect(imported.length).toBeGreaterThan(0);
    for (const [, name] of imported) {
      expect(name).toMatch(/^node:/);
      expect(builtinModules).toContain(name.slice('node:'.length));
    }
    expect(text).not.toMatch(/node:(http|https|net|dns|child_process)/);
  });

  it('is there to be read: with its comments, in lines of a hundred characters', () => {
    for (const { path } of built) {
      const text = readFileSync(path, 'utf8');
      expect(text).toContain('RFC 9162');
      expect(text.split('\n').length).toBeGreaterThan(1000);
    }
  });

  it('shares no code with the app', () => {
    const imports = spawnSync('grep', ['-rhoE', "from '[^']+'", 'app/verifier'], {
      encoding: 'utf8',
      cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    }).stdout;
    for (const line of imports.trim().split('\n')) {
      expect(line).toMatch(
        /'(node:[a-z_]+|\.\.?\/[a-z0-9-]+\.ts|\.\/page-words\.ts|.*\/docs\/certificate\.schema\.json)'/,
      );
    }
  });

  it('accepts, refuses and is undecided by its exit code, and remembers', () => {
    expect(run(first.pdf)).toMatchObject({ status: 0, stderr: '' });
    const memory = readFileSync(join(folder, '.lethe-verify.json'), 'utf8');
    expect(memory).toContain(fileIn(first.json).certificate.ledger.origin);

    const undecided = run(second.json);
    expect(undecided.status).toBe(2);
    expect(undecided.stdout).toMatch(/^Nothing false was found/);
    expect(readFileSync(join(folder, '.lethe-verify.json'), 'utf8')).toBe(memory);

    const ledger = join(folder, 'export');
    writeFileSync(
      ledger,
      exported(desk)
        .map((line) => `${line}\n`)
        .join(''),
    );
    expect(run('--export', ledger, second.json)).toMatchObject({ status: 0 });

    const changed = join(folder, 'changed.json');
    writeFileSync(changed, readFileSync(first.json, 'utf8').replace('"PASS"', '"FAIL"').slice(1));
    expect(run('--no-memory', changed)).toMatchObject({ status: 1 });
    expect(run('--no-memory', '--key', '00'.repeat(32), first.json)).toMatchObject({ status: 1 });
  });

  it('checks a model, and says so in German and as JSON', () => {
    const model = join(folder, 'erased.onnx');
    writeFileSync(model, 'erased');
    const german = run('--no-memory', '--language', 'de', '--model', model, first.withoutNames.pdf);
    expect(german.status).toBe(0);
    expect(german.stdout).toMatch(/^Das Zertifikat hält stand.*das nach der Löschung/s);
    const { stdout } = run('--no-memory', '--json', first.json);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'accepted' });
  });

  it.each([
    [['/no/such/file'], /There is no file/],
    [[], /Usage/],
    [['--checkpoint', '/no/such/file', 'x'], /There is no file/],
    [['--language', 'fr', 'x'], /There is no language fr/],
    [['--unknown', 'x'], /unknown/i],
  ])('says what it cannot use: %j', (parameters, sentence) => {
    const { status, stderr } = run(...parameters);
    expect(status).toBe(2);
    expect(stderr).toMatch(sentence);
  });

  it('can be used as a module', () => {
    const script = `
      import { readFileSync } from 'node:fs';
      import { verify, words } from ${JSON.stringify(join(folder, 'lethe-verify.mjs'))};
      const certificate = Uint8Array.from(readFileSync(${JSON.stringify(first.json)}));
      console.log((await verify({ certificate, remembered: null }, words.en)).verdict);`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
    });
    expect(stdout).toBe('accepted\n');
  });

  it('lets the page run its own script and style, and nothing else', () => {
    const page = readFileSync(join(folder, 'lethe-verify.html'), 'utf8');
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1] ?? '';
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-/);
    for (const [tag, name] of [
      ['script type="module"', 'script'],
      ['style', 'style'],
    ]) {
      const start = page.indexOf(`<${tag}>`) + tag.length + 2;
      const content = page.slice(start, page.indexOf(`</${name}>`, start));
      const digest = createHash('sha256').update(content).digest('base64');
      expect(policy).toContain(`${name}-src 'sha256-${digest}'`);
    }
    expect(page).not.toMatch(/(src|href)=/);
  });

  it('has a page whose types hold', () => {
    const tsc = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url));
    const project = fileURLToPath(new URL('../../../app/verifier/page', import.meta.url));
    const { status, stdout } = spawnSync(process.execPath, [tsc, '--project', project], {
      encoding: 'utf8',
    });
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });
});
