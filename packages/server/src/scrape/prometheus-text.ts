import { BadInput } from '../base/bad-input.js';
import type { FamilyItem, Item, MetricType } from './exposition.js';
import { readFloat } from './go-float.js';
import { atLine, labelsReader, pastBlanks, seriesEnd, shortened, unescaped } from './series-text.js';

const types: ReadonlyMap<string, MetricType> = new Map([
  ['counter', 'counter'],
  ['gauge', 'gauge'],
  ['histogram', 'histogram'],
  ['summary', 'summary'],
  ['untyped', 'unknown'],
]);

const about = /^#[ \t]+(HELP|TYPE)[ \t]+("(?:\\[^]|[^"\\])*"|[a-zA-Z_:][\w:]*)(?:[ \t]([^]*))?$/;

/**
 * Prometheus' text format, 0.0.4 and 1.0.0 (https://prometheus.io/docs/instrumenting/exposition_formats/). Throws `BadInput` at the first line that is
 * not in it, with the line's number.
 */
export function* prometheusText(text: string): Generator<Item> {
  let type: MetricType = 'unknown';
  let lineAt = 0;
  try {
    for (let at = pastBlanks(text, 0); at < text.length; at = pastBlanks(text, at)) {
      lineAt = at;
      if (text[at] === '\n') {
        at++;
        continue;
      }
      if (text[at] === '#') {
        const end = lineEnd(text, at);
        const item = comment(text.slice(at, end));
        type = item?.type ?? type;
        if (item !== undefined) yield item;
        at = end + 1;
        continue;
      }
      const seriesStop = seriesEnd(text, at);
      const series = text.slice(at, seriesStop);
      const stop = lineEnd(text, seriesStop);
      const { value, timeMs } = numbers(text.slice(seriesStop, stop));
      yield {
        kind: 'sample',
        series,
        labels: labelsReader(text, at, seriesStop, type),
        value,
        timeMs,
        startMs: 0,
        exemplars: [],
      };
      at = stop + 1;
    }
  } catch (error) {
    throw atLine(text, lineAt, error);
  }
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

/** What a comment says of a family; undefined when it is for people. */
function comment(line: string): FamilyItem | undefined {
  if (!/^#[ \t]+(?:HELP|TYPE)[ \t]/.test(line)) return undefined;
  const [, what, written = '', rest = ''] = about.exec(line) ?? [];
  if (what === undefined) throw new BadInput('the name of a metric is missing behind # HELP or # TYPE');
  const name = written.startsWith('"') ? unescaped(written.slice(1, -1)) : written;
  if (what === 'HELP') return { kind: 'family', name, help: unescaped(rest) };
  const type = types.get(rest.trim());
  if (type === undefined) throw new BadInput(`unknown type ${shortened(rest)}; known: ${[...types.keys()].join(', ')}`);
  return { kind: 'family', name, type };
}

/** What stands behind a series: a value, and perhaps a time in ms. */
function numbers(text: string): { readonly value: number; readonly timeMs: number | undefined } {
  const valueAt = pastBlanks(text, 0);
  const valueEnd = wordEnd(text, valueAt);
  const word = text.slice(valueAt, valueEnd);
  const value = readFloat(word);
  if (value === undefined || valueAt === 0)
    throw new BadInput(word === '' ? 'a series has no value' : `${shortened(word)} is not a number`);
  const timeAt = pastBlanks(text, valueEnd);
  if (timeAt === text.length) return { value, timeMs: undefined };
  const timeEnd = wordEnd(text, timeAt);
  const time = text.slice(timeAt, timeEnd);
  if (!/^-?\d{1,16}$/.test(time)) throw new BadInput(`${shortened(time)} is not a time in milliseconds since 1970`);
  if (pastBlanks(text, timeEnd) < text.length) throw new BadInput('something stands behind the time of a sample');
  return { value, timeMs: Number(time) };
}

function wordEnd(text: string, at: number): number {
  let end = at;
  for (; end < text.length; end++) {
    const char = text.charCodeAt(end);
    if (char === 32 || char === 9) break;
  }
  return end;
}
