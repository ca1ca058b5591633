#!/usr/bin/env node
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

// The program is TypeScript for the Node that is pinned in package.json, whichever Node started this file.
const node = createRequire(import.meta.url).resolve('node/bin/node');
const program = fileURLToPath(new URL('./lethe.ts', import.meta.url));
const { status, signal } = spawnSync(node, [program, ...process.argv.slice(2)], { stdio: 'inherit' });
if (signal !== null) process.kill(process.pid, signal);
process.exitCode = status ?? 1;
