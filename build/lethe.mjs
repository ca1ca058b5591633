#!/usr/bin/env node
// The `lethe` command of a checkout, as in `npx lethe inspect --help`.
process.argv.splice(2, 0, 'lethe');
await import('./run.mjs');
