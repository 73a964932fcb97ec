/** A script that can not be read; the message begins with the line, counted from 1. */
export class ScriptError extends Error {
  readonly line: number;

  constructor(line: number, reason: string) {
    super(`line ${line}: ${reason}`);
    this.name = 'ScriptError';
    this.line = line;
  }
}
