import { BadInput } from '../base/bad-input.js';
import type { Exemplar, FamilyItem, Item, MetricType } from './exposition.js';
import { readFloat } from './go-float.js';
import { atLine, bracesEnd, exemplarLabels, labelsReader, seriesEnd, shortened, unescaped } from './series-text.js';

const types: ReadonlySet<string> = new Set<MetricType>([
  'unknown',
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
]);

const isType = (text: string): text is MetricType => types.has(text);

const about = /^# (HELP|TYPE|UNIT) ("(?:\\[^]|[^"\\])*"|[a-zA-Z_:][\w:]*) ([^]*)$/;

const countedTypes: ReadonlySet<MetricType> = new Set<MetricType>(['counter', 'histogram', 'summary']);

/**
 * OpenMetrics 1.0 (https://prometheus.io/docs/specs/om/open_metrics_spec/). Throws `BadInput` at the first line that is not in it, with the line's number, and
 * when `# EOF` is missing: what came is not all then. `_created` is given as a series, as Prometheus does, and as the time when counting began.
 */
export function* openMetricsText(text: string): Generator<Item> {
  let type: MetricType = 'unknown';
  let family = '';
  let at = 0;
  try {
    while (at < text.length) {
      const char = text[at];
      if (char === '#') {
        const end = lineEnd(text, at);
        const line = text.slice(at, end);
        if (line === '# EOF') {
          if (end < text.length - 1) throw new BadInput('something stands behind # EOF');
          return;
        }
        const item = comment(line);
        if (item.name !== family) type = 'unknown';
        family = item.name;
        type = item.type ?? type;
        yield item;
        at = end + 1;
        continue;
      }
      const seriesStop = seriesEnd(text, at);
      const series = text.slice(at, seriesStop);
      const stop = valuesEnd(text, seriesStop);
      const { value, timeMs, exemplars } = numbers(text.slice(seriesStop, stop));
      const labels = labelsReader(text, at, seriesStop, type);
      yield { kind: 'sample', series, labels, value, timeMs, startMs: 0, exemplars };
      if (countedTypes.has(type) && series.startsWith(`${family}_created`) && value > 0)
        yield { kind: 'created', family, labels, startMs: Math.round(value * 1000) };
      at = stop + 1;
    }
    throw new BadInput('the page does not end with # EOF: it is not all there');
  } catch (error) {
    throw atLine(text, at, error);
  }
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

/** The end of a sample's line; the labels of its exemplar may hold a line break. */
function valuesEnd(text: string, at: number): number {
  const end = lineEnd(text, at);
  const mark = text.slice(at, end).indexOf(' # {');
  return mark < 0 ? end : lineEnd(text, bracesEnd(text, at + mark + 3));
}

function comment(line: string): FamilyItem {
  const [, what, written = '', rest = ''] = about.exec(line) ?? [];
  if (what === undefined) throw new BadInput('a comment is none of # HELP, # TYPE, # UNIT and # EOF');
  const name = written.startsWith('"') ? unescaped(written.slice(1, -1)) : written;
  if (what === 'HELP') return { kind: 'family', name, help: unescaped(rest) };
  if (what === 'UNIT') {
    if (rest !== '' && !name.endsWith(`_${rest}`))
      throw new BadInput(`the unit ${shortened(rest)} is not the end of the name ${shortened(name)}`);
    return { kind: 'family', name, unit: rest };
  }
  if (!isType(rest)) throw new BadInput(`unknown type ${shortened(rest)}; known: ${[...types].join(', ')}`);
  return { kind: 'family', name, type: rest };
}

/** What stands behind a series: ` value`, ` time` in seconds, ` # {labels} value time` for an exemplar. */
function numbers(text: string): {
  readonly value: number;
  readonly timeMs: number | undefined;
  readonly exemplars: readonly Exemplar[];
} {
  const mark = text.indexOf(' # {');
  const { value, timeMs } = valueAndTime(mark < 0 ? text : text.slice(0, mark));
  if (mark < 0) return { value, timeMs, exemplars: [] };
  const braces = mark + 3;
  const bracesStop = bracesEnd(text, braces);
  const exemplar = valueAndTime(text.slice(bracesStop));
  return { value, timeMs, exemplars: [{ labels: exemplarLabels(text.slice(braces, bracesStop)), ...exemplar }] };
}

function valueAndTime(text: string): { readonly value: number; readonly timeMs: number | undefined } {
  const words = text.split(' ', 4);
  const [before, first = '', second] = words;
  const value = readFloat(first);
  if (before !== '' || value === undefined)
    throw new BadInput(first === '' ? 'a series has no value' : `${shortened(first)} is not a number`);
  if (words.length > 3) throw new BadInput('something stands behind the time of a sample');
  if (second === undefined) return { value, timeMs: undefined };
  const seconds = readFloat(second);
  if (seconds === undefined || !(Math.abs(seconds) < 1e13))
    throw new BadInput(`${shortened(second)} is not a time in seconds since 1970`);
  return { value, timeMs: Math.trunc(seconds * 1000) };
}
