import { ByteWriter } from '../otlp/byte-writer.js';

/** A call in a stack. */
export interface ProfiledCall {
  readonly function: string;
  readonly file: string;
  /** Where the function begins, and where it was; from 1, 0 when not known. */
  readonly startLine: number;
  readonly line: number;
}

export interface ProfileSample {
  /** The innermost call first. */
  readonly stack: readonly ProfiledCall[];
  /** One per value type. */
  readonly values: readonly number[];
  readonly labels: Readonly<Record<string, string>>;
}

export interface ProfileContent {
  /** Such as `[{ type: 'samples', unit: 'count' }, { type: 'cpu', unit: 'nanoseconds' }]`. */
  readonly valueTypes: readonly ValueType[];
  readonly period: ValueType & { readonly value: number };
  readonly startUnixMs: number;
  readonly durationMs: number;
  readonly samples: readonly ProfileSample[];
}

interface ValueType {
  readonly type: string;
  readonly unit: string;
}

/**
 * A profile in pprof's protobuf (https://github.com/google/pprof/blob/main/proto/profile.proto), not compressed yet:
 * `Profile { sample_type = 1; sample = 2; mapping = 3; location = 4; function = 5; string_table = 6; time_nanos = 9; duration_nanos = 10; period_type = 11; period = 12 }`.
 */
export function encodePprof(content: ProfileContent): Buffer {
  const out = new ByteWriter(64 * 1024);
  const strings = new Map<string, number>([['', 0]]);
  const text = (value: string): number => {
    const known = strings.get(value);
    if (known !== undefined) return known;
    strings.set(value, strings.size);
    return strings.size - 1;
  };
  const field = (tag: number, value: number): void => {
    out.byte(tag);
    out.int64(Math.round(value));
  };
  const valueType = (tag: number, { type, unit }: ValueType): void => {
    const start = out.open(tag, 1);
    field(0x08, text(type));
    field(0x10, text(unit));
    out.close(start, 1);
  };
  const places = new Places(text);

  for (const type of content.valueTypes) valueType(0x0a, type);
  for (const { stack, values, labels } of content.samples) {
    // Sample { location_id = 1 packed; value = 2 packed; label = 3 { key = 1; str = 2 } }
    const sample = out.open(0x12, 4);
    const ids = out.open(0x0a, 3);
    for (const call of stack) out.varint(places.idOf(call));
    out.close(ids, 3);
    const numbers = out.open(0x12, 2);
    for (const value of values) out.int64(Math.round(value));
    out.close(numbers, 2);
    for (const [key, value] of Object.entries(labels)) {
      const label = out.open(0x1a, 1);
      field(0x08, text(key));
      field(0x10, text(value));
      out.close(label, 1);
    }
    out.close(sample, 4);
  }
  // Location { id = 1; line = 4 { function_id = 1; line = 2 } }
  for (const { id, functionId, line } of places.locations.values()) {
    const location = out.open(0x22, 1);
    field(0x08, id);
    const at = out.open(0x22, 1);
    field(0x08, functionId);
    field(0x10, line);
    out.close(at, 1);
    out.close(location, 1);
  }
  // Function { id = 1; name = 2; system_name = 3; filename = 4; start_line = 5 }
  for (const { id, name, file, startLine } of places.functions.values()) {
    const start = out.open(0x2a, 1);
    field(0x08, id);
    field(0x10, name);
    field(0x18, name);
    field(0x20, file);
    field(0x28, startLine);
    out.close(start, 1);
  }
  valueType(0x5a, content.period);
  field(0x48, content.startUnixMs * 1e6);
  field(0x50, content.durationMs * 1e6);
  field(0x60, content.period.value);
  for (const value of strings.keys()) out.text(0x32, value);
  return out.take();
}

/** Locations and functions, each once, numbered from 1. */
class Places {
  readonly locations = new Map<string, { readonly id: number; readonly functionId: number; readonly line: number }>();
  readonly functions = new Map<
    string,
    { readonly id: number; readonly name: number; readonly file: number; readonly startLine: number }
  >();
  readonly #text: (value: string) => number;

  constructor(text: (value: string) => number) {
    this.#text = text;
  }

  idOf(call: ProfiledCall): number {
    const key = `${call.line} ${call.startLine} ${call.file} ${call.function}`;
    const known = this.locations.get(key);
    if (known !== undefined) return known.id;
    const location = { id: this.locations.size + 1, functionId: this.#functionOf(call), line: call.line };
    this.locations.set(key, location);
    return location.id;
  }

  #functionOf({ function: name, file, startLine }: ProfiledCall): number {
    const key = `${startLine} ${file} ${name}`;
    const known = this.functions.get(key);
    if (known !== undefined) return known.id;
    const id = this.functions.size + 1;
    this.functions.set(key, { id, name: this.#text(name), file: this.#text(file), startLine });
    return id;
  }
}
