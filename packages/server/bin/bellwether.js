#!/usr/bin/env node
// The command `bellwether`. It stands outside of dist so that npm can link it before anything was built.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = new URL('../dist/cli/main.js', import.meta.url);
if (existsSync(fileURLToPath(main))) {
  await import(main.href);
} else {
  console.error(
    'bellwether is not built yet: run `npm run build` (or `npm start`) in the folder of the project first.',
  );
  process.exitCode = 1;
}
