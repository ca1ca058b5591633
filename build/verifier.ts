import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { build } from 'vite';

const inProject = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** What is built, and the SHA-256 of it. */
export interface BuiltFile {
  readonly path: string;
  readonly sha256: string;
}

const licence = `Lethe's stand-alone verifier. Apache License 2.0.
 * Built from app/verifier; the same sources give the same bytes.`;

/**
 * Builds the stand-alone verifier, as one file for Node and as one page for browsers: not made small, but to be read. The
 * same sources give the same bytes.
 */
export async function buildVerifier(folder: string): Promise<BuiltFile[]> {
  mkdirSync(folder, { recursive: true });
  const command = await bundled('app/verifier/command.ts', 'node20');
  const page = await bundled('app/verifier/page/page.ts', 'chrome137');
  return [
    put(join(folder, 'lethe-verify.mjs'), await script(command)),
    put(join(folder, 'lethe-verify.html'), pageWith(await script(page))),
  ];
}

async function bundled(entry: string, target: string): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: 'warn',
    root: inProject('.'),
    build: {
      write: false,
      minify: false,
      target,
      modulePreload: false,
      ...(target.startsWith('node') ? { ssr: inProject(entry) } : {}),
      rolldownOptions: {
        input: inProject(entry),
        output: { format: 'es', codeSplitting: false, comments: true },
        preserveEntrySignatures: 'strict',
      },
    },
  });
  const [result] = Array.isArray(output) ? output : [output];
  if (!('output' in result) || result.output.length !== 1) {
    throw new Error(`${entry} is not one file when bundled`);
  }
  return result.output[0].code;
}

/** As the sources are set, with the licence on top; rolldown says where each part is from. */
async function script(code: string): Promise<string> {
  const [first, ...rest] = code.split('\n');
  const isShebang = first.startsWith('#!');
  const body = isShebang ? rest.join('\n') : code;
  const text = `${isShebang ? `${first}\n` : ''}/*\n * ${licence}\n */\n${body}`;
  return format(text, { parser: 'babel', singleQuote: true, printWidth: 100 });
}

function pageWith(code: string): string {
  const style = ['renderer/styles/tokens.css', 'app/verifier/page/page.css']
    .map((path) => readFileSync(inProject(path), 'utf8'))
    .join('\n');
  // Ends of elements in text would end these.
  if (/<\/(script|style)/i.test(code + style)) throw new Error('the page would end too early');
  const policy = [
    "default-src 'none'",
    `script-src '${digestOf(`\n${code}`)}'`,
    `style-src '${digestOf(`\n${style}`)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  return readFileSync(inProject('app/verifier/page/page.html'), 'utf8')
    .replace(
      '<meta charset="utf-8" />',
      (charset) =>
        `${charset}\n    <meta http-equiv="Content-Security-Policy" content="${policy}" />`,
    )
    .replace('  </head>', (end) => `    <style>\n${style}</style>\n${end}`)
    .replace('  </body>', (end) => `    <script type="module">\n${code}</script>\n${end}`);
}

function digestOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function put(path: string, text: string): BuiltFile {
  writeFileSync(path, text);
  return { path, sha256: createHash('sha256').update(text).digest('hex') };
}

if (import.meta.main) {
  for (const { path, sha256 } of await buildVerifier(inProject('dist'))) {
    process.stdout.write(`${sha256}  ${path}\n`);
  }
}
