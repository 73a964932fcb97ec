/** What stands in a mask where lines of the same pattern differ. */
export const variable = '<*>';

/** Characters of a line that its mask is made of: what makes a pattern stands at the front. */
const maskedChars = 400;

/** A word of these that holds a digit or an `@` is a value: a number, an id, an address, a time, a version. */
const wordChars = String.raw`[\\w.+@%-]*`;

/**
 * SQL for the mask of a log line: its first line with every value replaced by `<*>`, so that lines written by the same statement are
 * mostly equal. A line without text has the name of its event. The engine does this for about a million lines a second and core.
 */
export const lineMask = [
  [String.raw`([:=]\\s?)(?:"(?:[^"\\\\]|\\\\.)*"|\'[^\']*\')`, String.raw`\\1${variable}`],
  [String.raw`${wordChars}(?:\\d|@)${wordChars}`, variable],
  [String.raw`<\\*>(?:[,:/]<\\*>)+`, variable],
  [String.raw`\\s+`, ' '],
].reduce(
  (text, [pattern, replacement]) => `replaceRegexpAll(${text}, '${pattern}', '${replacement}')`,
  String.raw`trimBoth(extract(leftUTF8(if(body = '', event_name, body), ${maskedChars}), '^[^\\n\\r]*'))`,
);

/** Words of a mask, for those that compare masks. */
export const maskWords = (mask: string): readonly string[] => mask.split(' ');

/**
 * A regular expression (RE2) for the masks of a pattern. A `<*>` of the pattern stands for what holds no space, which every value of a
 * mask is.
 */
export function patternExpression(pattern: string): string {
  const literals = pattern.split(variable).map(text => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`));
  return `^${literals.join(String.raw`\S+`)}$`;
}

/** The longest text that every line of the pattern holds as it is; '' when there is none. Looking for it first is cheap. */
export function literalOf(pattern: string): string {
  return pattern.split(/<\*>| /).reduce((longest, text) => (text.length > longest.length ? text : longest), '');
}
