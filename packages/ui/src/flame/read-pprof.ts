import type { FlameInput } from './flame-model.js';

/** A profile that can not be read. `message` is for people. */
export class BadProfile extends Error {
  override readonly name = 'BadProfile';
}

export type ReadProfile = {
  /** Root frames first; values of `unit`. */
  readonly frames: readonly FlameInput[];
  readonly unit: string;
  readonly type: string;
  /** What the samples say they were taken during, the largest first; those that say nothing are in none. */
  readonly requests: readonly ProfiledRequest[];
};

/** The samples of one request: the span that answered it, where the profile says so. */
export type ProfiledRequest = { readonly traceId: string; readonly spanId: string; readonly value: number };

/** Which samples are read: all of them, those of a trace, or of one span of it. */
export type SampleFilter = { readonly traceId: string; readonly spanId: string | undefined };

/** Unpacked; larger ones would hold up the page. */
const maxBytes = 64 * 1024 * 1024;
const maxFrames = 200_000;
const maxDepth = 500;
/** Functions that were put into one place of the code. */
const maxInlined = 100;
/** Of all samples together: a small file can say the same long stack again and again. */
const maxSteps = 5_000_000;
const maxRequests = 1000;

/** Unpacks gzip. Throws `BadProfile` when it is none, or too large. */
export async function unpack(gzipped: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    const reader = new Blob([gzipped]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > maxBytes) throw new BadProfile('This profile is larger than 64 MiB unpacked. Open it with pprof.');
      chunks.push(value);
    }
  } catch (error) {
    throw error instanceof BadProfile ? error : new BadProfile('This profile is not packed with gzip as it should be.');
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/**
 * The frames of a pprof profile (https://github.com/google/pprof/blob/main/proto/profile.proto) by their paths. Of several values per sample the last one
 * counts, as in pprof itself: time rather than samples, bytes rather than objects. `only` reads the samples that say they are of a request. Throws `BadProfile`.
 */
export function readPprof(bytes: Uint8Array, only?: SampleFilter): ReadProfile {
  const strings: string[] = [];
  const types: { type: number; unit: number }[] = [];
  const functions = new Map<number, { name: number; file: number }>();
  const locations = new Map<number, readonly { called: number; line: number }[]>();
  const samples: { readonly stack: readonly number[]; readonly value: number; readonly labels: Labels }[] = [];
  const decoder = new TextDecoder();
  each(bytes, (field, number, part) => {
    if (field === 6) strings.push(decoder.decode(part));
    else if (field === 1) types.push({ type: numberOf(part, 1), unit: numberOf(part, 2) });
    else if (field === 5) functions.set(numberOf(part, 1), { name: numberOf(part, 2), file: numberOf(part, 4) });
    else if (field === 4) {
      const lines: { called: number; line: number }[] = [];
      each(part, (inner, _, line) => {
        if (inner === 4 && lines.length < maxInlined)
          lines.push({ called: numberOf(line, 1), line: numberOf(line, 2) });
      });
      locations.set(numberOf(part, 1), lines);
    } else if (field === 2) {
      const stack = numbersOf(part, 1);
      const labels: [number, number][] = [];
      each(part, (inner, _, label) => {
        if (inner === 3) labels.push([numberOf(label, 1), numberOf(label, 2)]);
      });
      samples.push({ stack, value: numbersOf(part, 2).at(-1) ?? 0, labels });
    }
    return number;
  });
  const frames: { -readonly [key in keyof FlameInput]: FlameInput[key] }[] = [];
  const childOf = new Map<string, number>();
  let steps = 0;
  const requests = new Map<string, { traceId: string; spanId: string; value: number }>();
  for (const { stack, value, labels } of samples) {
    const labelled = (key: string): string => strings[labels.find(([name]) => strings[name] === key)?.[1] ?? 0] ?? '';
    const [traceId, spanId] = [labelled('trace_id'), labelled('span_id')];
    if (traceId !== '') addTo(requests, { traceId, spanId, value });
    if (only !== undefined && (traceId !== only.traceId || (only.spanId ?? spanId) !== spanId)) continue;
    let parent = -1;
    // The innermost call stands first; what was put into its caller stands before it.
    for (const id of stack.slice(-maxDepth).toReversed()) {
      for (const { called, line } of (locations.get(id) ?? []).toReversed()) {
        if (++steps > maxSteps) throw new BadProfile('This profile has too many samples. Open it with pprof.');
        const found = functions.get(called);
        const name = strings[found?.name ?? 0] ?? '';
        const file = strings[found?.file ?? 0] ?? '';
        const key = `${parent} ${called} ${line}`;
        let frame = childOf.get(key);
        if (frame === undefined) {
          if (frames.length >= maxFrames)
            throw new BadProfile('This profile has more than 200,000 different stacks. Open it with pprof.');
          frame = frames.length;
          childOf.set(key, frame);
          const place = file === '' ? '' : line > 0 ? `${file}:${line}` : file;
          frames.push({
            name: name === '' ? '(anonymous)' : name,
            group: packageOf(file),
            place,
            parent,
            self: 0,
            total: 0,
            before: undefined,
            isFailed: false,
          });
        }
        frames[frame]!.total += value;
        parent = frame;
      }
    }
    if (parent >= 0) frames[parent]!.self += value;
  }
  const last = types.at(-1);
  return {
    frames,
    unit: strings[last?.unit ?? 0] ?? '',
    type: strings[last?.type ?? 0] ?? '',
    requests: [...requests.values()].toSorted((a, b) => b.value - a.value),
  };
}

/** Names and values, as numbers of strings. */
type Labels = readonly (readonly [name: number, value: number])[];

function addTo(
  requests: Map<string, { traceId: string; spanId: string; value: number }>,
  { traceId, spanId, value }: ProfiledRequest,
): void {
  const key = `${traceId} ${spanId}`;
  const known = requests.get(key);
  if (known !== undefined) known.value += value;
  else if (requests.size < maxRequests) requests.set(key, { traceId, spanId, value });
}

/** A number for each frame's path, the same wherever `known` is: paths as texts would take room for all of their callers. */
function pathsOf(frames: readonly FlameInput[], known: Map<string, number>): readonly number[] {
  const paths: number[] = [];
  for (const { name, group, parent } of frames) {
    const key = `${paths[parent] ?? -1} ${group}\n${name}`;
    const path = known.get(key) ?? known.size;
    known.set(key, path);
    paths.push(path);
  }
  return paths;
}

/** A profile with what the same stacks took in another, by function and not by line: lines move with every change. */
export function compared(now: readonly FlameInput[], before: readonly FlameInput[]): readonly FlameInput[] {
  const known = new Map<string, number>();
  const earlier = new Map<number, number>();
  pathsOf(before, known).forEach((path, i) => earlier.set(path, (earlier.get(path) ?? 0) + before[i]!.total));
  const taken = new Set<number>();
  return pathsOf(now, known).map((path, i) => {
    const isFirst = !taken.has(path);
    taken.add(path);
    return { ...now[i]!, before: isFirst ? (earlier.get(path) ?? 0) : 0 };
  });
}

/** `express` of `/app/node_modules/express/lib/router.js`, `node` for Node's own modules, '' for the application. */
function packageOf(file: string): string {
  const found = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1];
  return found ?? (file.startsWith('node:') ? 'node' : '');
}

/** Calls `take` for each field of a message: its number, its value where it is one, and its bytes. */
function each(bytes: Uint8Array, take: (field: number, number: number, part: Uint8Array) => unknown): void {
  const none = new Uint8Array();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++) {
      const byte = bytes[at++];
      if (byte === undefined) break;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
    throw new BadProfile('This profile ends in the middle.');
  };
  while (at < bytes.length) {
    const tag = varint();
    const kind = tag & 7;
    if (kind === 0) take(Math.floor(tag / 8), varint(), none);
    else if (kind === 2) {
      const length = varint();
      if (length > bytes.length - at) throw new BadProfile('This profile ends in the middle.');
      take(Math.floor(tag / 8), 0, bytes.subarray(at, at + length));
      at += length;
    } else if (kind === 1 || kind === 5) at += kind === 1 ? 8 : 4;
    else throw new BadProfile('This is no pprof profile.');
  }
}

function numberOf(message: Uint8Array, wanted: number): number {
  let found = 0;
  each(message, (field, number) => {
    if (field === wanted) found = number;
  });
  return found;
}

/** A repeated number, packed or not. */
function numbersOf(message: Uint8Array, wanted: number): readonly number[] {
  const found: number[] = [];
  each(message, (field, number, part) => {
    if (field !== wanted) return;
    if (part.length === 0) found.push(number);
    else
      for (let at = 0; at < part.length;) {
        let value = 0;
        let scale = 1;
        for (let byte = 128; byte >= 128 && at < part.length; at++) {
          byte = part[at]!;
          value += (byte & 127) * scale;
          scale *= 128;
        }
        found.push(value);
      }
  });
  return found;
}
