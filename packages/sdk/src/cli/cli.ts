#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { testCommand } from './test-command.js';

const help = `Sends one error, one trace, one log line, one metric and one business event to where your application sends, and says what arrived.

Usage: npx @bellwether/node test [--pages http://127.0.0.1:4300]

It reads the same variables as your application: BELLWETHER_URL, BELLWETHER_KEY, OTEL_SERVICE_NAME and the others.
--pages says where Bellwether's pages are, when that is not port 4300 of the same host.
The exit code is 0 when all arrived, 1 when something did not, 2 when the command or the configuration was wrong.`;

const out = (line: string): void => void process.stdout.write(`${line}\n`);

/** The command line of the SDK. */
async function main(): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { pages: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help === true) {
      out(help);
      return 0;
    }
    if (positionals.length !== 1 || positionals[0] !== 'test') {
      process.stderr.write(`${help}\n`);
      return 2;
    }
    return await testCommand({ env: process.env, pages: values.pages?.replace(/\/+$/, ''), out });
  } catch (error) {
    process.stderr.write(
      `${error instanceof Error ? error.message : String(error)}\nMore: npx @bellwether/node --help\n`,
    );
    return 2;
  }
}

process.exitCode = await main();
