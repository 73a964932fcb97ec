import { parseArgs } from 'node:util';
import { nearest } from '../config/nearest.js';
import { Refused, exitCode } from './exit-code.js';

export interface Flag {
  /** Without dashes. */
  readonly name: string;
  /** How its value is named in the help; absent: the flag is a switch. */
  readonly value?: string;
  readonly doc: string;
}

/** What a command was called with. */
export interface Call {
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly switches: ReadonlySet<string>;
  readonly positionals: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Aborts at Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  /** To stdout and stderr, without a line end of its own. */
  out(text: string): void;
  err(text: string): void;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** How its optional argument, or each of several, is named in the help. */
  readonly positional?: string | readonly string[];
  readonly flags: readonly Flag[];
  readonly examples: readonly { readonly line: string; readonly does: string }[];
  /** Returns the exit code. */
  run(call: Call): Promise<number>;
}

type Given = Pick<Call, 'flags' | 'switches' | 'positionals'>;

/** Reads a command's flags. Throws `Refused` (exit code 2) at what it does not know, naming what it does. */
export function readArguments(command: Command, args: readonly string[]): Given {
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: Object.fromEntries(
      command.flags.map(flag => [flag.name, { type: flag.value === undefined ? 'boolean' : 'string' }]),
    ),
  });
  const flags: Record<string, string> = {};
  const switches = new Set<string>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const flag = command.flags.find(flag => flag.name === token.name);
    if (flag === undefined) throw unknownFlag(command, token.rawName);
    if (flag.value === undefined) {
      if (token.value !== undefined) throw usage(command, `--${flag.name} takes no value`);
      switches.add(flag.name);
    } else if (token.value === undefined || (!token.inlineValue && token.value.startsWith('-'))) {
      throw usage(command, `--${flag.name} needs a value: --${flag.name} ${flag.value}`);
    } else flags[flag.name] = token.value;
  }
  const allowed = positionalsOf(command).length;
  if (positionals.length > allowed) throw usage(command, `unexpected argument "${positionals[allowed]}"`);
  return { flags, switches, positionals };
}

const positionalsOf = ({ positional = [] }: Command): readonly string[] =>
  typeof positional === 'string' ? [positional] : positional;

function unknownFlag(command: Command, rawName: string): Refused {
  const known = command.flags.map(flag => `--${flag.name}`);
  const near = nearest(rawName, known);
  return usage(
    command,
    `unknown flag ${rawName}${near === undefined ? '' : `; did you mean ${near}?`}\n${command.name} knows: ${known.join(', ') || 'no flags'}`,
  );
}

const usage = (command: Command, problem: string): Refused =>
  new Refused(`${problem}\nMore: bellwether ${command.name} --help`, exitCode.usage);

/** `bellwether <command> --help` */
export function commandHelp(command: Command): string {
  const flags = [...command.flags, { name: 'help', doc: 'Shows this text.' }];
  const shown = flags.map(
    flag => [`--${flag.name}${flag.value === undefined ? '' : ` ${flag.value}`}`, flag.doc] as const,
  );
  const examples = command.examples.map(({ line, does }) => [line, does] as const);
  const positionals = positionalsOf(command).map(name => ` [${name}]`);
  return `${command.summary}

Usage: bellwether ${command.name}${positionals.join('')} [flags]

Flags:
${columns(shown)}

Examples:
${columns(examples)}
`;
}

/** Two columns, indented, lined up. */
export function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd()).join('\n');
}
