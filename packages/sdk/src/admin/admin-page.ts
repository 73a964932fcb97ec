/** The admin view as a page for people: the JSON's members as headings and tables. Everything in it is text. */
export function adminPage(title: string, content: Readonly<Record<string, unknown>>, profilePath?: string): string {
  const sections = Object.entries(content).map(([name, value]) => `<h2>${escape(name)}</h2>\n${shown(value, 0)}`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(title)}</title>
<style>body{font:15px/1.5 system-ui,sans-serif;margin:2rem;max-width:70rem}table{border-collapse:collapse}th,td{text-align:left;padding:.2rem .8rem;border-bottom:1px solid #ccc;vertical-align:top}</style>
<h1>${escape(title)}</h1>
${profilePath === undefined ? '' : profileForms(profilePath)}${sections.join('\n')}
</html>
`;
}

/** Buttons that have the process profile itself. They say what they ask for in the address, for nobody reads the body. */
function profileForms(path: string): string {
  const form = (kind: string, label: string): string =>
    `<form method="post" action="${escape(`${path}?kind=${kind}`)}" style="display:inline"><button>${label}</button></form>`;
  return `<p>${form('cpu', 'Profile the CPU')} ${form('heap', 'Profile the heap')}</p>\n`;
}

const maxRows = 1000;
const maxDepth = 6;

function shown(value: unknown, depth: number): string {
  if (depth > maxDepth) return '…';
  if (Array.isArray(value)) return list(value, depth);
  if (typeof value !== 'object' || value === null) return `<p>${escape(String(value ?? ''))}</p>`;
  const rows = Object.entries(value).slice(0, maxRows);
  const lines = rows.map(
    ([name, member]) => `<tr><th scope="row">${escape(name)}</th><td>${cell(member, depth)}</td></tr>`,
  );
  return `<table>${lines.join('')}</table>`;
}

/** Objects of one kind are a table with a column for each member. */
function list(values: readonly unknown[], depth: number): string {
  const objects = values.slice(0, maxRows).filter(value => typeof value === 'object' && value !== null);
  if (objects.length !== Math.min(values.length, maxRows) || objects.length === 0)
    return `<p>${values.length === 0 ? 'none' : escape(values.slice(0, maxRows).join(', '))}</p>`;
  const columns = [...new Set(objects.flatMap(value => Object.keys(value)))].slice(0, 20);
  const head = columns.map(name => `<th scope="col">${escape(name)}</th>`).join('');
  const lines = objects.map(
    value => `<tr>${columns.map(name => `<td>${cell(Reflect.get(value, name), depth)}</td>`).join('')}</tr>`,
  );
  return `<table><thead><tr>${head}</tr></thead><tbody>${lines.join('')}</tbody></table>`;
}

function cell(value: unknown, depth: number): string {
  return typeof value === 'object' && value !== null ? shown(value, depth + 1) : escape(String(value ?? ''));
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
