import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { frames, markerBytes } from './frame.js';
import type { Frame, FrameSource } from './frame.js';

/** A file of the log: `<number>-<marker as hex>.wal`. Numbers only grow; records lie in them in the order they were written. */
export interface Segment {
  readonly number: number;
  readonly marker: Buffer;
  readonly path: string;
}

export function newSegment(folder: string, number: number): Segment {
  const marker = randomBytes(markerBytes);
  return { number, marker, path: join(folder, `${String(number).padStart(10, '0')}-${marker.toString('hex')}.wal`) };
}

/** The segments in `folder`, oldest first. Other files are left alone. */
export function segmentsIn(folder: string): readonly Segment[] {
  return readdirSync(folder)
    .flatMap(name => {
      const [, number, marker] = /^(\d{10})-([0-9a-f]{16})\.wal$/.exec(name) ?? [];
      if (number === undefined || marker === undefined) return [];
      return [{ number: Number(number), marker: Buffer.from(marker, 'hex'), path: join(folder, name) }];
    })
    .sort((a, b) => a.number - b.number);
}

/** The frames of a segment's file from `offset` on, read piece by piece: memory stays at one record, or 256 KiB. */
export function* readSegment(segment: Segment, offset = 0): Generator<Frame> {
  const file = openSync(segment.path, 'r');
  try {
    yield* frames(fileSource(file), segment.marker, offset);
  } finally {
    closeSync(file);
  }
}

const windowBytes = 256 << 10;

function fileSource(file: number): FrameSource {
  const { size } = fstatSync(file);
  let window: Buffer = Buffer.alloc(0);
  let windowAt = 0;
  return {
    size,
    read(offset, length) {
      const wanted = Math.max(0, Math.min(length, size - offset));
      if (offset < windowAt || offset + wanted > windowAt + window.length) {
        // A new buffer each time: records given out keep slices of the old one.
        window = readFully(file, offset, Math.min(Math.max(wanted, windowBytes), size - offset));
        windowAt = offset;
      }
      return window.subarray(offset - windowAt, offset - windowAt + wanted);
    },
  };
}

function readFully(file: number, offset: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(Math.max(0, length));
  let filled = 0;
  while (filled < buffer.length) {
    const count = readSync(file, buffer, filled, buffer.length - filled, offset + filled);
    if (count === 0) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}
