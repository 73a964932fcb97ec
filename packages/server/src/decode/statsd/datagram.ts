import { isUtf8 } from 'node:buffer';
import { readLine, type Reading } from './line.js';

export const maxLineBytes = 64 * 1024;

export interface LineSink {
  reading(reading: Reading): void;
  /** A line that can not be read; `reason` is one of a few sentences. */
  bad(reason: string, line: string): void;
}

/** Reads a datagram's lines, of any number. A bad line does not spoil the others. Gives the number of lines. */
export function readDatagram(bytes: Uint8Array, sink: LineSink): number {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const isText = isUtf8(buffer);
  let lines = 0;
  for (let at = 0; at < buffer.length;) {
    const newline = buffer.indexOf(0x0a, at);
    const next = newline === -1 ? buffer.length : newline;
    const end = next > at && buffer[next - 1] === 0x0d ? next - 1 : next;
    if (end > at) {
      lines += 1;
      readOne(buffer.subarray(at, end), isText, sink);
    }
    at = next + 1;
  }
  return lines;
}

function readOne(line: Buffer, isText: boolean, sink: LineSink): void {
  if (line.length > maxLineBytes)
    return sink.bad(`a line is longer than ${maxLineBytes} bytes`, line.toString('utf8', 0, 200));
  const text = line.toString('utf8');
  if (!isText && !isUtf8(line)) return sink.bad('a line is not UTF-8', text);
  const readings = readLine(text);
  if (typeof readings === 'string') return sink.bad(readings, text);
  for (const reading of readings) sink.reading(reading);
}
