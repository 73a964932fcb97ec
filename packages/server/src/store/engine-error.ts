import { QueryTooSlow } from './store.js';

/** The engine refused a statement. `code` is ClickHouse's error number (0 when it gave none), `word` its name (`UNKNOWN_TABLE`). */
export class EngineError extends Error {
  override readonly name = 'EngineError';

  constructor(
    message: string,
    readonly code: number,
    readonly word: string,
  ) {
    super(message);
  }
}

/** The engine's text, without the statement it repeats and without the stack it adds. */
export function engineError(thrown: unknown): EngineError {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const code = Number(/Code: (\d+)/.exec(text)?.[1] ?? 0);
  const word = /\(([A-Z][A-Z0-9_]+)\)/.exec(text)?.[1] ?? 'UNKNOWN';
  const said = text
    .replace(/^[\s\S]*?DB::Exception: /, '')
    .replace(
      /\s*(: ?In scope |: ?While (executing|processing) |\(version |Stack trace:|: ?In query |\[query)[\s\S]*$/,
      '',
    )
    .replace(/\s*\([A-Z][A-Z0-9_]+\)\.?\s*$/, '')
    .slice(0, 500);
  return new EngineError(`the engine refused: ${said} (${word})`, code, word);
}

const timeLimits = new Set(['TIMEOUT_EXCEEDED', 'TOO_SLOW']);
const sizeLimits = new Set(['TOO_MANY_ROWS', 'TOO_MANY_BYTES', 'TOO_MANY_ROWS_OR_BYTES']);

/** What a person who asked hears: a limit says which one and what to narrow, anything else is the engine's refusal. */
export function queryError(
  thrown: unknown,
  limits: { readonly maxSeconds: number; readonly maxMemoryBytes: number },
): Error {
  const error = engineError(thrown);
  if (timeLimits.has(error.word))
    return new QueryTooSlow(
      `the query took longer than ${limits.maxSeconds} s; ask for a shorter time range or a narrower filter`,
    );
  if (error.word === 'MEMORY_LIMIT_EXCEEDED')
    return new QueryTooSlow(
      `the query needs more than ${Math.round(limits.maxMemoryBytes / 1048576)} MiB of memory; ask for a shorter time range or a narrower filter`,
    );
  if (sizeLimits.has(error.word))
    return new QueryTooSlow('the query reads more rows than it may; ask for a shorter time range or a narrower filter');
  return error;
}

/** Refusals that are about the rows of a block, not about the moment (busy, full, stopping) or the disk. */
const aboutRows = new Set([
  'ARGUMENT_OUT_OF_BOUND',
  'ATTEMPT_TO_READ_AFTER_EOF',
  'BAD_ARGUMENTS',
  'CANNOT_CONVERT_TYPE',
  'CANNOT_EXTRACT_TABLE_STRUCTURE',
  'CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN',
  'CANNOT_READ_ALL_DATA',
  'CANNOT_READ_ARRAY_FROM_TEXT',
  'CORRUPTED_DATA',
  'DUPLICATE_COLUMN',
  'ILLEGAL_COLUMN',
  'INCORRECT_DATA',
  'NOT_FOUND_COLUMN_IN_BLOCK',
  'NO_SUCH_COLUMN_IN_TABLE',
  'NUMBER_OF_COLUMNS_DOESNT_MATCH',
  'SIZES_OF_ARRAYS_DONT_MATCH',
  'SIZES_OF_COLUMNS_DOESNT_MATCH',
  'THERE_IS_NO_COLUMN',
  'TOO_LARGE_ARRAY_SIZE',
  'TOO_LARGE_STRING_SIZE',
  'TOO_MANY_PARTS_IN_PARTITION_KEY',
  'TYPE_MISMATCH',
  'UNKNOWN_IDENTIFIER',
  'UNKNOWN_TYPE',
  'VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE',
  'VIOLATED_CONSTRAINT',
]);

/** True when the engine refuses a block for what it holds: trying again can not help, leaving out the bad rows can. */
export function isAboutRows(error: unknown): boolean {
  return error instanceof EngineError && (aboutRows.has(error.word) || error.word.startsWith('CANNOT_PARSE_'));
}

/** Refusals that pass with the moment: memory, disk, a stop. However often they come, they say nothing about the rows. */
const passing = new Set([
  'ABORTED',
  'CANNOT_ALLOCATE_MEMORY',
  'CANNOT_FSYNC',
  'CANNOT_OPEN_FILE',
  'CANNOT_SCHEDULE_TASK',
  'CANNOT_WRITE_TO_FILE_DESCRIPTOR',
  'FILE_DOESNT_EXIST',
  'MEMORY_LIMIT_EXCEEDED',
  'NOT_ENOUGH_SPACE',
  'QUERY_WAS_CANCELLED',
  'TABLE_IS_READ_ONLY',
  'TIMEOUT_EXCEEDED',
  'TOO_MANY_PARTS',
  'TOO_MANY_SIMULTANEOUS_QUERIES',
  'UNKNOWN_TABLE',
]);

/** True for refusals that are neither plainly about the rows nor plainly about the moment: if they stay, the rows are to blame. */
export function isUnclear(error: unknown): boolean {
  return error instanceof EngineError && !isAboutRows(error) && !passing.has(error.word);
}
