import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, parse } from 'node:path';
import { ProblemError } from '../../engine/protocol/problem.ts';
import type { FolderEntry, FolderView } from '../contract/paths.ts';

/** Files and folders that the account may read, for choosing one where there is no dialog of the system's. */

/** A folder with more is listed in part: nobody looks through them. */
const mostListed = 2000;

/**
 * @param folder absolute; null for the home folder
 * @throws ProblemError `no-such-file`
 */
export async function listFolder(folder: string | null): Promise<FolderView> {
  const path = folder ?? homedir();
  if (!isAbsolute(path)) throw cannotRead(path, 'not absolute');
  const found = await readdir(path, { withFileTypes: true }).catch((cause: unknown) => {
    throw cannotRead(path, cause);
  });
  const visible = found.filter(({ name }) => !name.startsWith('.'));
  const entries = await Promise.all(visible.map((entry) => entryOf(path, entry)));
  const ordered = entries
    .filter((entry) => entry !== null)
    .toSorted((a, b) => order[a.kind] - order[b.kind] || byName.compare(a.name, b.name));
  const parent = dirname(path);
  return {
    path,
    parent: parent === path ? null : parent,
    places: await places(),
    entries: ordered.slice(0, mostListed),
    more: Math.max(0, ordered.length - mostListed),
  };
}

const order = { folder: 0, file: 1 } as const;
const byName = new Intl.Collator(undefined, { numeric: true });

async function entryOf(folder: string, entry: Dirent): Promise<FolderEntry | null> {
  const { name } = entry;
  const path = join(folder, name);
  if (entry.isDirectory()) return { name, path, kind: 'folder' };
  if (entry.isFile()) return { name, path, kind: 'file' };
  if (!entry.isSymbolicLink()) return null;
  const target = await stat(path).catch(() => null);
  if (target === null) return null;
  return { name, path, kind: target.isDirectory() ? 'folder' : 'file' };
}

async function places(): Promise<FolderView['places']> {
  const home = homedir();
  const candidates = [
    { name: 'home', path: home },
    { name: 'desktop', path: join(home, 'Desktop') },
    { name: 'documents', path: join(home, 'Documents') },
    { name: 'downloads', path: join(home, 'Downloads') },
    { name: 'root', path: parse(home).root },
  ] as const;
  const present = await Promise.all(
    candidates.map(async (place) => ((await isFolder(place.path)) ? [place] : [])),
  );
  return present.flat();
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isDirectory() === true;
}

/** How far the search for something that was dropped goes, before the person is asked to look for it. */
const searched = { folders: 4000, depth: 6, hits: 8, milliseconds: 3000 };

/**
 * Where under the home folder something of this name is, the nearest first. A browser tells a page the name of what is
 * dropped on it, and not its place; so it is looked for instead of being copied.
 */
export async function findByName(
  name: string,
  kind: FolderEntry['kind'],
  from: string = homedir(),
): Promise<string[]> {
  const until = performance.now() + searched.milliseconds;
  const hits: string[] = [];
  let level = [from];
  let left = searched.folders;
  for (let depth = 0; depth < searched.depth && level.length > 0; depth++) {
    const next: string[] = [];
    for (const folder of level) {
      if (left-- === 0 || performance.now() > until || hits.length === searched.hits) return hits;
      const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
      for (const entry of entries) {
        const isWanted = kind === 'folder' ? entry.isDirectory() : entry.isFile();
        if (isWanted && entry.name === name) hits.push(join(folder, name));
        if (entry.isDirectory() && !isPassedOver(entry.name)) next.push(join(folder, entry.name));
      }
    }
    level = next;
  }
  return hits.slice(0, searched.hits);
}

function isPassedOver(name: string): boolean {
  return name.startsWith('.') || name === 'node_modules';
}

function cannotRead(path: string, cause: unknown): ProblemError {
  return new ProblemError(
    'no-such-file',
    `There is no folder ${path} that can be read. Choose another one.`,
    String(cause),
    { cause },
  );
}
