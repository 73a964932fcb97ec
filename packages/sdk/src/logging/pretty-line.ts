/** Fields that stand in the columns, or that nobody reads in a terminal. */
const columns = new Set(['time', 'level', 'name', 'msg', 'pid', 'hostname', 'trace_id', 'span_id', 'err', 'v']);

/** A finished JSON line as `time | LEVEL | name | message {fields}`, and an error's stack below it. What is no JSON stays as it is. */
export function prettyLine(line: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return line;
  }
  if (typeof parsed !== 'object' || parsed === null) return line;
  // A line of JSON that is an object; its values are only shown.
  const fields = parsed as Readonly<Record<string, unknown>>;
  const text = (name: string): string => {
    const value = fields[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  const others = Object.entries(fields).filter(([name]) => !columns.has(name));
  const more = others.length === 0 ? '' : ` ${JSON.stringify(Object.fromEntries(others))}`;
  const error = fields['err'];
  const stack = typeof error === 'object' && error !== null && 'stack' in error ? `\n${String(error.stack)}` : '';
  return `${text('time')} | ${text('level').toUpperCase().padEnd(5)} | ${text('name') || '-'} | ${text('msg')}${more}${stack}\n`;
}
