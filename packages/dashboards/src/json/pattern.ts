import { RE2JS } from 're2js';

/** A regular expression of somebody else's dashboard, run in linear time (RE2: no back-references, no look-around). */
export interface Pattern {
  test(text: string): boolean;
  /** The first match: the whole, the groups by number, and the groups by name. */
  match(text: string): Match | undefined;
  /** Every match replaced (the first only without the flag `g`); `$1` and `$<name>` stand for groups. */
  replace(text: string, put: string): string;
}

export interface Match {
  readonly groups: readonly (string | undefined)[];
  readonly named: ReadonlyMap<string, string>;
}

const maxPatternLength = 2000;

/** `/text/flags`, or the text alone. Undefined when it is not one that RE2 takes. */
export function readPattern(text: string): Pattern | undefined {
  if (text.length > maxPatternLength) return undefined;
  const slashed = /^\/(.*)\/([a-z]*)$/s.exec(text);
  const source = slashed?.[1] ?? text;
  const flags = slashed?.[2] ?? '';
  try {
    const bits =
      (flags.includes('i') ? RE2JS.CASE_INSENSITIVE : 0) |
      (flags.includes('m') ? RE2JS.MULTILINE : 0) |
      (flags.includes('s') ? RE2JS.DOTALL : 0);
    return patternOf(RE2JS.compile(source, bits), flags.includes('g'));
  } catch {
    return undefined;
  }
}

function patternOf(compiled: RE2JS, isGlobal: boolean): Pattern {
  const names = Object.keys(compiled.namedGroups());
  const match = (text: string): Match | undefined => {
    const matcher = compiled.matcher(text);
    if (!matcher.find()) return undefined;
    const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, at) => matcher.group(at) ?? undefined);
    const named = new Map<string, string>();
    for (const name of names) {
      const value = matcher.group(name);
      if (value !== null && value !== undefined) named.set(name, value);
    }
    return { groups, named };
  };
  return {
    test: text => compiled.matcher(text).find(),
    match,
    replace(text, put) {
      const matcher = compiled.matcher(text);
      let out = '';
      let copied = 0;
      while (matcher.find()) {
        out += text.slice(copied, matcher.start());
        out += put.replaceAll(/\$(?:(\d{1,2})|<(\w+)>|(\$))/g, (whole: string, number?: string, name?: string) => {
          if (number !== undefined)
            return Number(number) <= matcher.groupCount() ? (matcher.group(Number(number)) ?? '') : whole;
          if (name !== undefined) return names.includes(name) ? (matcher.group(name) ?? '') : whole;
          return '$';
        });
        copied = matcher.end();
        if (!isGlobal) break;
      }
      return out + text.slice(copied);
    },
  };
}
