#!/usr/bin/env node
// Reads on any Node that knows modules: says what is needed before the rest, which a Node too old could not even parse, is loaded.
import process from 'node:process';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `bellwether needs Node.js 20.19 or newer; this is ${process.versions.node}. Install it from https://nodejs.org or with your version manager.`,
  );
  process.exitCode = 1;
} else {
  const { main } = await import('./cli.js');
  process.exitCode = await main(process.argv.slice(2));
}
