import { BadConfig } from '../config/load-config.js';
import { nearest } from '../config/nearest.js';
import { check } from './check.js';
import { columns, commandHelp, readArguments, type Call, type Command } from './command.js';
import { doctor } from './doctor.js';
import { Refused, exitCode } from './exit-code.js';
import { releases } from './releases-command.js';
import { receive, serve, up } from './running.js';
import { sourceMaps } from './source-maps-command.js';
import { version } from './version-command.js';

const commands: readonly Command[] = [up, receive, serve, check, doctor, releases, sourceMaps, version];

/** What a command needs of the process around it. */
export type Surroundings = Pick<Call, 'env' | 'cwd' | 'signal' | 'out' | 'err'>;

/** Runs the command line and returns the exit code. Never throws. */
export async function runCli(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { signal, out, err } = surroundings;
  try {
    const [first, ...rest] = args;
    if (first === '--help' || first === '-h' || (first === 'help' && rest.length === 0)) {
      out(overview());
      return exitCode.ok;
    }
    if (first === '--version' || first === '-v') return await version.run({ ...surroundings, ...nothing });
    const isHelp = first === 'help';
    const [name, own] =
      first === undefined || first.startsWith('-') ? ['up', args] : isHelp ? [rest[0] ?? '', []] : [first, rest];
    const command = commands.find(command => command.name === name);
    if (command === undefined) throw unknownCommand(name);
    if (isHelp || own.includes('--help') || own.includes('-h')) {
      out(commandHelp(command).trimEnd());
      return exitCode.ok;
    }
    return await command.run({ ...surroundings, ...readArguments(command, own) });
  } catch (error) {
    if (signal.aborted) return exitCode.ok;
    err(error instanceof BadConfig || error instanceof Refused ? error.message : unexpected(error));
    return error instanceof BadConfig ? exitCode.usage : error instanceof Refused ? error.code : exitCode.failed;
  }
}

const nothing = { flags: {}, switches: new Set<string>(), positionals: [] };

function unknownCommand(name: string): Refused {
  const known = commands.map(command => command.name);
  const near = nearest(name, known);
  const hint = near === undefined ? '' : `; did you mean ${near}?`;
  return new Refused(
    `unknown command "${name}"${hint}\nKnown: ${known.join(', ')}\nMore: bellwether --help`,
    exitCode.usage,
  );
}

function unexpected(error: unknown): string {
  return `Bellwether failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

function overview(): string {
  return `Bellwether receives, stores and shows the telemetry of TypeScript backends.

Usage: bellwether [command] [flags]

Commands:
${columns(commands.map(({ name, summary }) => [name, summary] as const))}

Without a command, \`up\` runs. \`bellwether <command> --help\` shows a command's flags and examples.
Settings also come from bellwether.yaml and BELLWETHER_* variables; a flag goes before both.`;
}

/** The command line of this process. The first Ctrl-C stops in order, a second one at once. */
export async function main(args: readonly string[]): Promise<number> {
  const stopping = new AbortController();
  const onSignal = (): void => {
    if (stopping.signal.aborted) process.exit(130);
    stopping.abort();
  };
  // Not SIGHUP: a handler would undo `nohup`. Ended by it, we are as safe as after `kill -9`.
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, onSignal);
  // A reader that went away (`bellwether | head`) is no reason to fall.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const code = await runCli(args, {
    env: process.env,
    cwd: process.cwd(),
    signal: stopping.signal,
    out: text => void process.stdout.write(`${text}\n`),
    err: text => void process.stderr.write(`${text}\n`),
  });
  // What is printed may still be on its way to a pipe; anything else that keeps the process alive now is a leftover.
  setTimeout(() => process.exit(code), 200).unref();
  return code;
}
