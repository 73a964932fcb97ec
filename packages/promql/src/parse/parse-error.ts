import { placeIn } from '../value/annotations.js';

/** A query that can not be read. The message begins with line and column, as Prometheus words it: `1:5: parse error: …`. */
export class ParseError extends Error {
  /** Where in the text, in UTF-16 code units. */
  readonly start: number;
  /** The message without its place. */
  readonly reason: string;

  constructor(text: string, start: number, reason: string) {
    const place = text === '' ? 'unknown position' : placeIn(text, start);
    super(`${place}: parse error: ${reason}`);
    this.name = 'ParseError';
    this.start = start;
    this.reason = reason;
  }
}
