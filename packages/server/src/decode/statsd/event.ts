import { hasTooManyTags, readOrigin, type Origins } from './origins.js';

/**
 * An event of DogStatsD: `_e{5,4}:title|text|d:1656581400|h:host|k:key|p:low|s:source|t:error|#tags`
 * (https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/?tab=events). The two numbers are the lengths of title and text.
 */
export interface StatsdEvent extends Origins {
  readonly is: 'event';
  readonly title: string;
  readonly text: string;
  readonly alertType: 'error' | 'warning' | 'info' | 'success';
  readonly priority: string;
  readonly host: string;
  readonly aggregationKey: string;
  readonly sourceType: string;
  /** Seconds since 1970. */
  readonly atSeconds: number | undefined;
}

const alertTypes: readonly StatsdEvent['alertType'][] = ['error', 'warning', 'info', 'success'];

/** The event, or why it can not be read. */
export function readEvent(line: string): StatsdEvent | string {
  const head = /^_e\{(\d{1,6}),(\d{1,6})\}:/.exec(line);
  if (head === null) return 'an event does not begin with _e{title length,text length}:';
  const lengths = [Number(head[1]), Number(head[2])] as const;
  const body = line.slice(head[0].length);
  const parts = cutByBytes(body, lengths) ?? cutByUnits(body, lengths);
  if (parts === undefined) return 'the lengths of an event do not fit its title and text';
  const [title, text, rest] = parts;
  if (title === '') return 'an event has no title';
  const origins = { tags: '', container: '', external: '' };
  const fields = new Map<string, string>();
  for (const field of rest.split('|')) {
    if (/^[dhkpst]:/.test(field)) fields.set(field.slice(0, 1), field.slice(2));
    else readOrigin(origins, field);
  }
  if (hasTooManyTags(origins.tags)) return 'an event has more than 64 tags';
  return {
    is: 'event',
    title: unescaped(title),
    text: unescaped(text),
    alertType: alertTypes.find(type => type === fields.get('t')) ?? 'info',
    priority: fields.get('p') ?? 'normal',
    host: fields.get('h') ?? '',
    aggregationKey: fields.get('k') ?? '',
    sourceType: fields.get('s') ?? '',
    atSeconds: readSeconds(fields.get('d')),
    ...origins,
  };
}

type Parts = readonly [title: string, text: string, rest: string];

/** The lengths count bytes of UTF-8, as the protocol says. */
function cutByBytes(body: string, [title, text]: readonly [number, number]): Parts | undefined {
  const bytes = Buffer.from(body, 'utf8');
  const end = title + 1 + text;
  if (bytes[title] !== 0x7c || bytes.length < end || (bytes.length > end && bytes[end] !== 0x7c)) return undefined;
  return [
    bytes.toString('utf8', 0, title),
    bytes.toString('utf8', title + 1, end),
    bytes.toString('utf8', Math.min(end + 1, bytes.length)),
  ];
}

/** They count characters as JavaScript does, as some clients have them. */
function cutByUnits(body: string, [title, text]: readonly [number, number]): Parts | undefined {
  const end = title + 1 + text;
  if (body[title] !== '|' || body.length < end || (body.length > end && body[end] !== '|')) return undefined;
  return [body.slice(0, title), body.slice(title + 1, end), body.slice(end + 1)];
}

const unescaped = (text: string): string => text.replaceAll(String.raw`\n`, '\n');

/** Undefined when it is no time: an event counts as of now then. */
export function readSeconds(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,9}$/.test(text) && Number(text) <= 9_223_372_036 ? Number(text) : undefined;
}
