type Column = { readonly name: string; readonly values: readonly (number | null)[] };

/** RFC 4180: ISO times, then one column per series; a gap is empty. */
export function chartCsv(stepsMs: readonly number[], columns: readonly Column[]): string {
  const lines = stepsMs.map((ms, step) => [
    new Date(ms).toISOString(),
    ...columns.map(({ values }) => values[step] ?? ''),
  ]);
  return [['time', ...columns.map(({ name }) => quoted(name))], ...lines].map(line => `${line.join(',')}\r\n`).join('');
}

/** Quoted when it has to be. A leading sign would be a formula to a spreadsheet, so it gets an apostrophe. */
function quoted(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
