import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { buildDigest } from '../../../app/program/build-digest.ts';

describe('the digest of the program', () => {
  it('is what the documented command gives', (context) => {
    const command =
      'find app engine package-lock.json package.json renderer -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum';
    const { status, stdout } = spawnSync('sh', ['-c', command], {
      cwd: fileURLToPath(new URL('../../..', import.meta.url)),
      encoding: 'utf8',
    });
    if (status !== 0) context.skip('there is no shell with sha256sum on this machine');
    expect(stdout.slice(0, 64)).toBe(buildDigest());
  });
});
