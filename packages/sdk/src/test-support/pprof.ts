import { gunzipSync } from 'node:zlib';
import { asBytes, Message } from './protobuf.js';

/** A profile as `go tool pprof -raw` would list it. */
export interface ReadProfile {
  readonly valueTypes: readonly string[];
  readonly periodType: string;
  readonly durationNs: number;
  readonly samples: readonly {
    /** `function file:line`, the innermost first. */
    readonly stack: readonly string[];
    readonly values: readonly number[];
    readonly labels: Readonly<Record<string, string>>;
  }[];
}

/** Reads pprof by its own description, apart from the encoder. */
export function readPprof(gzipped: Uint8Array): ReadProfile {
  const profile = new Message(gunzipSync(gzipped));
  const strings = profile.all(6).map(bytes => Buffer.from(asBytes(bytes)).toString('utf8'));
  if (strings[0] !== '') throw new Error('the first string must be empty');
  const text = (index: number): string => {
    const found = strings[index];
    if (found === undefined) throw new Error(`there is no string ${index}`);
    return found;
  };
  const functions = new Map(profile.messages(5).map(each => [each.number(1), each]));
  const locations = new Map(profile.messages(4).map(each => [each.number(1), each]));
  const place = (id: number): string => {
    const line = locations.get(id)?.message(4);
    const called = functions.get(line?.number(1) ?? 0);
    if (line === undefined || called === undefined) throw new Error(`there is no location ${id}`);
    return `${text(called.number(2))} ${text(called.number(4))}:${line.number(2)}`;
  };
  return {
    valueTypes: profile.messages(1).map(each => `${text(each.number(1))}/${text(each.number(2))}`),
    periodType: text(profile.message(11).number(1)),
    durationNs: profile.number(10),
    samples: profile.messages(2).map(sample => ({
      stack: packed(asBytes(sample.all(1)[0] ?? new Uint8Array())).map(place),
      values: packed(asBytes(sample.all(2)[0] ?? new Uint8Array())),
      labels: Object.fromEntries(sample.messages(3).map(label => [text(label.number(1)), text(label.number(2))])),
    })),
  };
}

function packed(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  let value = 0;
  let scale = 1;
  for (const byte of bytes) {
    value += (byte & 127) * scale;
    scale *= 128;
    if (byte < 128) {
      numbers.push(value);
      [value, scale] = [0, 1];
    }
  }
  return numbers;
}
