import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { writeMarkdown } from './markdown.ts';

/** The parts of docs/speed.md, in their order. Each is written by one bench, and left alone by the others. */
const sections = ['steps and runs', 'with a graphics card', 'growth'] as const;
export type Section = (typeof sections)[number];

const document = fileURLToPath(new URL('../../../docs/speed.md', import.meta.url));
const introduction = `# Speed

How fast Lethe computes, beside PyTorch on the same machine, and how its cost grows. \`npm run bench -- speed --write\`
and \`npm run bench -- growth --write\` measure and write all of this; no figure is typed by hand.`;

/** @param markdown with headings from the second level on */
export async function writeSection(section: Section, markdown: string): Promise<void> {
  const old = existsSync(document) ? readFileSync(document, 'utf8') : '';
  const parts = sections.flatMap((each) => {
    const content = each === section ? markdown : contentOf(each, old);
    return content === null ? [] : [begin(each), content, end(each)];
  });
  await writeMarkdown(document, [introduction, ...parts].join('\n\n'));
}

function contentOf(section: Section, text: string): string | null {
  const [from, to] = [text.indexOf(begin(section)), text.indexOf(end(section))];
  return from === -1 || to === -1 ? null : text.slice(from + begin(section).length, to).trim();
}

function begin(section: Section): string {
  return `<!-- begin: ${section} -->`;
}

function end(section: Section): string {
  return `<!-- end: ${section} -->`;
}
