import { writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

/** Writes a document in the form that the checks ask for. */
export async function writeMarkdown(file: string, text: string): Promise<void> {
  const style = await resolveConfig(file);
  writeFileSync(file, await format(text, { ...style, parser: 'markdown' }));
}
