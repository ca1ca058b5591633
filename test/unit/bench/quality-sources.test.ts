import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { digestOfSources } from '../../bench/measuring/quality-sources.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

describe('the digest of the sources that figures follow from', () => {
  it('is what the documented command gives', (context) => {
    const folder = fileURLToPath(new URL('../../../engine', import.meta.url));
    const command =
      "find . -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum";
    const { status, stdout } = spawnSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' });
    if (status !== 0) context.skip('there is no shell with sha256sum on this machine');
    expect(stdout.slice(0, 64)).toBe(digestOfSources(folder));
  });

  it('is another after a change of a file or of its name, and the same wherever the folder lies', () => {
    const [folder, elsewhere] = [temporaryFolder(), temporaryFolder()];
    for (const each of [folder, elsewhere]) {
      mkdirSync(join(each, 'unlearn'));
      writeFileSync(join(each, 'unlearn', 'paper.ts'), 'impair();');
    }
    const before = digestOfSources(folder);
    expect(digestOfSources(elsewhere)).toBe(before);
    renameSync(join(folder, 'unlearn', 'paper.ts'), join(folder, 'unlearn', 'unsir.ts'));
    writeFileSync(join(elsewhere, 'unlearn', 'paper.ts'), 'impair(2);');
    const digests = new Set([before, digestOfSources(folder), digestOfSources(elsewhere)]);
    expect(digests.size).toBe(3);
  });
});
