import { readdirSync } from 'node:fs';

/** `npm run bench -- <name> …` runs test/bench/<name>.ts. Benches measure; they are no part of `npm test`. */

const benches = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'bench.ts')
  .map((file) => file.slice(0, -'.ts'.length));
const [wanted] = process.argv.splice(2, 1);
if (wanted !== undefined && benches.includes(wanted)) await import(`./${wanted}.ts`);
else {
  process.stderr.write(`Say which to run: ${benches.join(', ')}.\n`);
  process.exitCode = 2;
}
