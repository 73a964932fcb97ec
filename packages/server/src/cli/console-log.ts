import { pino, stdTimeFunctions, type Logger } from 'pino';
import { z } from 'zod';

const levels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof levels)[number];

/** 'warn' unless the text names another level. */
export function logLevel(text: string | undefined): LogLevel {
  return levels.find(level => level === text) ?? 'warn';
}

/**
 * One line per message: `2026-11-21T06:00:00.000Z | warn | server | a block could not be stored | reason="disk is full"`.
 * Values are shown as JSON, so that nothing from outside can begin a line of its own or move the cursor.
 */
export function consoleLog(name: string, least: LogLevel, write: (line: string) => void): Logger {
  return pino(
    {
      level: least,
      base: { name },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
    },
    { write: json => write(`${lineOf(json)}\n`) },
  );
}

const entry = z.looseObject({ level: z.string(), time: z.string(), name: z.string(), msg: z.string().default('') });

function lineOf(json: string): string {
  const { level, time, name, msg, ...facts } = entry.parse(JSON.parse(json));
  const said = Object.entries(facts).map(([key, value]) => `${key}=${JSON.stringify(shortened(value))}`);
  // Beyond ASCII's own, JSON leaves some control characters as they are, and terminals obey them.
  return [time, level, name, msg, said.join(' ')]
    .filter(part => part !== '')
    .join(' | ')
    .replaceAll(/\p{Cc}/gu, ' ');
}

/** An error as its message alone; its stack when it is a mistake of ours is in `err.stack` at level debug. */
function shortened(value: unknown): unknown {
  const error = z.object({ type: z.string(), message: z.string(), stack: z.string() }).safeParse(value);
  return error.success ? `${error.data.type}: ${error.data.message}`.slice(0, 2000) : value;
}
