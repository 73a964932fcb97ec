import { readEvent, type StatsdEvent } from './event.js';
import { hasTooManyTags, maxTags, readOrigin, type Origins } from './origins.js';
import { readServiceCheck, type ServiceCheck } from './service-check.js';

/**
 * One line of StatsD (https://github.com/statsd/statsd/blob/master/docs/metric_types.md) or DogStatsD
 * (https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/):
 *
 *     name:value|type|@rate|#key:value,flag|T1656581400|c:container|e:external|card:low
 *
 * with several values (`1:2:3`), several types after one name (`1|c:20|ms`, Etsy), and tags in the name as Librato (`name#k=v`), InfluxDB (`name,k=v`) and
 * SignalFx (`na[k=v]me`) write them. Fields that nobody knows are ignored. Reading takes time in proportion to the line's length.
 */
export type Reading = Sample | StatsdEvent | ServiceCheck;

export type Sample = Origins & {
  readonly is: 'sample';
  readonly name: string;
  /** Of how many the sender sent this one: 0.1 is one of ten. */
  readonly rate: number;
  /** Seconds since 1970, when the sender says when it was. */
  readonly atSeconds: number | undefined;
} & (
    | { readonly kind: 'counter' | 'timer' | 'histogram' | 'distribution'; readonly numbers: readonly number[] }
    | { readonly kind: 'gauge'; readonly settings: readonly GaugeSetting[] }
    | { readonly kind: 'set'; readonly member: string }
  );

/** `isSigned`: written with + or -, which may mean a change of the gauge. */
export interface GaugeSetting {
  readonly value: number;
  readonly isSigned: boolean;
}

const kinds: Readonly<Record<string, Sample['kind']>> = Object.assign(Object.create(null), {
  c: 'counter',
  g: 'gauge',
  ms: 'timer',
  h: 'histogram',
  d: 'distribution',
  s: 'set',
});

const maxNameLength = 512;
/** Values with a type each, behind one name. */
const maxTyped = 256;
/** Nanoseconds since 1970 fit 63 bits until then. */
const lastSecond = 9_223_372_036;

/** What a line says, or the reason why it can not be read: one of a few sentences, which never quote the line. */
export function readLine(line: string): readonly Reading[] | string {
  if (line.startsWith('_e{')) return listed(readEvent(line));
  if (line.startsWith('_sc|')) return listed(readServiceCheck(line));
  const colon = line.indexOf(':');
  if (colon === -1) return 'a line is no name:value|type';
  const named = readName(line.slice(0, colon));
  if (named.name === '') return 'a line has no name before the colon';
  if (named.name.length > maxNameLength) return `a name is longer than ${maxNameLength} characters`;
  const rest = line.slice(colon + 1);
  const fields = rest.split('|');
  if (fields.length < 2) return 'a line has no type after its value (name:value|type)';
  const isEtsyList = fields.some(
    (field, index) => field.includes(':') && (index === 1 || (index > 1 && field.startsWith('@'))),
  );
  if (!isEtsyList) return listed(readSample(named, fields));
  const samples: Sample[] = [];
  const parts = rest.split(':', maxTyped + 1);
  if (parts.length > maxTyped) return `a line has more than ${maxTyped} values with a type each`;
  for (const part of parts) {
    const sample = readSample(named, part.split('|'));
    if (typeof sample === 'string') return sample;
    samples.push(sample);
  }
  return samples;
}

function listed<T>(reading: T | string): readonly T[] | string {
  return typeof reading === 'string' ? reading : [reading];
}

interface Named {
  readonly name: string;
  readonly tags: string;
}

/** Takes the tags out of a name. Brackets that do not fit together, and what is no `key=value`, are no tags. */
function readName(text: string): Named {
  const open = text.indexOf('[');
  const close = text.indexOf(']');
  if (open !== -1 && close > open)
    return { name: text.slice(0, open) + text.slice(close + 1), tags: nameTags(text.slice(open + 1, close)) };
  if (open !== -1 || close !== -1) return { name: text, tags: '' };
  const end = text.search(/[#,]/);
  return end === -1 ? { name: text, tags: '' } : { name: text.slice(0, end), tags: nameTags(text.slice(end + 1)) };
}

function nameTags(text: string): string {
  return text
    .split(',')
    .filter(tag => tag.indexOf('=') > 0)
    .map(tag => tag.replace('=', ':'))
    .join(',');
}

function readSample({ name, tags: tagsOfName }: Named, fields: readonly string[]): Sample | string {
  const [value = '', type = ''] = fields;
  if (type === '') return 'a line has no type after its value (name:value|type)';
  const kind = kinds[type];
  if (kind === undefined) return 'a type is none of c, g, ms, h, d, s';
  let rate = 1;
  let atSeconds: number | undefined;
  const origins = { tags: tagsOfName, container: '', external: '' };
  for (let index = 2; index < fields.length; index++) {
    const field = fields[index] ?? '';
    if (field.startsWith('@')) {
      rate = readNumber(field.slice(1)) ?? 0;
      if (!(rate >= 1e-6 && rate <= 1)) return 'a sample rate is not above 0 and at most 1';
    } else if (field.startsWith('T')) {
      atSeconds = /^T\d{1,10}$/.test(field) ? Number(field.slice(1)) : 0;
      if (atSeconds < 1 || atSeconds > lastSecond) return 'a time is no whole number of seconds since 1970';
    } else {
      if (field.startsWith('#') && tagsOfName !== '') return 'a line has tags both in its name and after |#';
      readOrigin(origins, field);
    }
  }
  if (hasTooManyTags(origins.tags)) return `a line has more than ${maxTags} tags`;
  const common = { is: 'sample', name, rate, atSeconds, ...origins } as const;
  if (kind === 'set') return value === '' ? 'a line has no value' : { ...common, kind, member: value };

  const settings: GaugeSetting[] = [];
  for (const text of value.split(':')) {
    const number = readNumber(text);
    if (number === undefined) return text === '' ? 'a line has no value' : 'a value is no number';
    settings.push({ value: number, isSigned: text.startsWith('+') || text.startsWith('-') });
  }
  return kind === 'gauge'
    ? { ...common, kind, settings }
    : { ...common, kind, numbers: settings.map(setting => setting.value) };
}

/** A finite decimal number; undefined for anything else. */
function readNumber(text: string): number | undefined {
  if (!/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}
