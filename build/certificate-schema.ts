import { writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { publishedSchema } from '../app/certificate/published-schema.ts';

/* Writes the published schema anew, after the form of certificates was changed. */

const path = new URL('../docs/certificate.schema.json', import.meta.url);
const text = JSON.stringify(publishedSchema());
writeFileSync(path, await format(text, { parser: 'json', singleQuote: true, printWidth: 100 }));
