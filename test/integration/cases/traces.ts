import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Everything below a folder that is a file, by its path. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** Where a text stands in some files, in whatever way programs write text down. */
export function tracesOf(text: string, files: readonly string[]): string[] {
  const needles = needlesOf(text);
  return files.flatMap((path) => {
    const bytes = readFileSync(path);
    return needles
      .filter(([, needle]) => bytes.includes(needle))
      .map(([form]) => `${JSON.stringify(text)} as ${form} in ${path}`);
  });
}

function needlesOf(text: string): [form: string, needle: Buffer][] {
  const utf8 = Buffer.from(text);
  const utf16 = Buffer.from(text, 'utf16le');
  const escaped = JSON.stringify(text).slice(1, -1);
  return [
    ['UTF-8', utf8],
    ['UTF-16LE', utf16],
    ['UTF-16BE', Buffer.from(utf16).swap16()],
    ['JSON', Buffer.from(escaped)],
    ['JSON in ASCII', Buffer.from(inAscii(escaped))],
    ...(['hex', 'HEX'] as const).flatMap((form): [string, Buffer][] =>
      [utf8, utf16].map((bytes) => [form, Buffer.from(inCase(form, bytes.toString('hex')))]),
    ),
    ...[utf8, utf16].flatMap(base64Forms),
  ];
}

function inCase(form: 'hex' | 'HEX', digits: string): string {
  return form === 'hex' ? digits : digits.toUpperCase();
}

function inAscii(text: string): string {
  return text.replace(
    /[^\0-\x7F]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Where a text begins in what is encoded decides how it looks: three ways, without what its neighbours have a say in. */
function base64Forms(bytes: Buffer): [form: string, needle: Buffer][] {
  return [0, 1, 2].flatMap((offset) => {
    const digits = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64url');
    const own = digits.slice(
      Math.ceil((offset * 8) / 6),
      Math.floor(((offset + bytes.length) * 8) / 6),
    );
    const standard = own.replaceAll('-', '+').replaceAll('_', '/');
    return [...new Set([own, standard])].map((needle): [string, Buffer] => [
      'Base64',
      Buffer.from(needle),
    ]);
  });
}
