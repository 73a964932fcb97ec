import type { RE2JS } from 're2js';
import { hasAny } from '../evaluate/column.js';
import { labelsKey, labelValue, metricName, withLabel } from '../value/labels.js';
import { compilePattern } from '../value/matcher.js';
import { QueryError } from '../value/query-error.js';
import type { StepSeries } from '../value/series.js';
import type { CallContext, Evaluated, VectorFunction } from './define.js';

function textOf(arg: Evaluated | undefined): string {
  return arg?.type === 'string' ? arg.value : '';
}

/** Any text that can be written as UTF-8 and is not empty is a label's name; before Prometheus 3 it was letters, digits and underscores. */
function checkName(what: string, name: string, { prometheus2 }: CallContext): void {
  const isName = prometheus2 === true ? /^[a-zA-Z_]\w*$/.test(name) : name !== '' && !/[\p{Cs}\ufffd]/u.test(name);
  if (!isName) {
    throw new QueryError('execution', `invalid ${what}: ${name}`);
  }
}

/** Characters of one value, and of all that one call makes: a text may be made of itself again and again. */
const maxValueLength = 1 << 20;
const maxLength = 1 << 26;

function tooLong(): QueryError {
  return new QueryError('execution', 'the values of a label would become longer than a query may make them');
}

/** As `join`, where the text may be. */
function joined(parts: readonly string[], separator: string): string {
  let length = separator.length * parts.length;
  for (const part of parts) length += part.length;
  if (length > maxValueLength + separator.length) throw tooLong();
  return parts.join(separator);
}

/** The series with one label set to what `value` makes of them; where it makes nothing they stay as they are. */
function relabelled(
  arg: Evaluated | undefined,
  label: string,
  value: (series: StepSeries) => string | undefined,
): Evaluated {
  let length = 0;
  const series = (arg?.type === 'vector' ? arg.series : []).map(one => {
    const text = value(one);
    if (text === undefined) return one;
    length += text.length;
    if (length > maxLength) throw tooLong();
    const dropName = label === metricName ? false : one.dropName;
    return { ...one, labels: withLabel(one.labels, label, text), dropName };
  });
  const seen = new Set<string>();
  for (const one of series) {
    if (!hasAny(one)) continue;
    const key = labelsKey(one.labels);
    if (seen.has(key)) {
      throw new QueryError('execution', 'vector cannot contain metrics with the same labelset');
    }
    seen.add(key);
  }
  return { type: 'vector', series };
}

/** A piece of a replacement: text as it stands, or what a group matched. */
type Piece = string | { readonly group: string };

/** `$1`, `$name`, `${1}`, `${name}` stand for groups, `$$` for a dollar; any other dollar is one. */
function piecesOf(replacement: string): readonly Piece[] {
  const pieces: Piece[] = [];
  const pattern = /\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu;
  let from = 0;
  for (const match of replacement.matchAll(pattern)) {
    pieces.push(replacement.slice(from, match.index));
    const group = match[1] ?? match[2];
    pieces.push(group === undefined ? '$' : { group });
    from = match.index + match[0].length;
  }
  pieces.push(replacement.slice(from));
  return pieces;
}

function compiled(pattern: string): RE2JS {
  try {
    return compilePattern(`^(?s:${pattern})$`);
  } catch {
    throw new QueryError('execution', `invalid regular expression in label_replace(): ${pattern}`);
  }
}

/** What a group that may not exist matched. */
function groupReader(regex: RE2JS): (matcher: ReturnType<RE2JS['matcher']>, group: string) => string {
  const byName = regex.namedGroups();
  return (matcher, group) => {
    const at = /^(?:0|[1-9][0-9]*)$/.test(group) ? Number(group) : byName[group];
    return at === undefined || at > matcher.groupCount() ? '' : (matcher.group(at) ?? '');
  };
}

export const labelReplace: VectorFunction = {
  kind: 'vector',
  name: 'label_replace',
  doc: 'Sets a label to a text with `$1` for what the pattern found in another label. The pattern must match the whole value, or nothing changes: `label_replace(up, "host", "$1", "instance", "(.*):.*")`.',
  evaluate([vector, label, replacement, source, pattern], context) {
    const regex = compiled(textOf(pattern));
    checkName('destination label name in label_replace()', textOf(label), context);
    const pieces = piecesOf(textOf(replacement));
    const groupOf = groupReader(regex);
    const found = new Map<string, string | undefined>();
    return relabelled(vector, textOf(label), series => {
      const value = labelValue(series.labels, textOf(source));
      if (found.has(value)) return found.get(value);
      const matcher = regex.matcher(value);
      const text = matcher.find()
        ? joined(
            pieces.map(piece => (typeof piece === 'string' ? piece : groupOf(matcher, piece.group))),
            '',
          )
        : undefined;
      found.set(value, text);
      return text;
    });
  },
};

export const labelJoin: VectorFunction = {
  kind: 'vector',
  name: 'label_join',
  doc: 'Sets a label to the values of others with a text between them: `label_join(up, "where", "/", "zone", "host")`.',
  evaluate([vector, label, separator, ...sources], context) {
    const names = sources.map(textOf);
    for (const name of names) checkName('source label name in label_join()', name, context);
    checkName('destination label name in label_join()', textOf(label), context);
    return relabelled(vector, textOf(label), ({ labels }) =>
      joined(
        names.map(name => labelValue(labels, name)),
        textOf(separator),
      ),
    );
  },
};
