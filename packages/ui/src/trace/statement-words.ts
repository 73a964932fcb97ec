/** A piece of a database statement, and how to draw it. */
export type StatementWord = {
  readonly text: string;
  readonly kind: 'keyword' | 'string' | 'number' | 'comment' | 'plain';
};

const keywords = new Set(
  (
    'select from where and or not in is null as on join left right inner outer full cross group by order having limit offset ' +
    'insert into values update set delete returning with union all distinct case when then else end exists between like ' +
    'ilike asc desc for skip locked create table index drop alter begin commit rollback true false using conflict do nothing'
  ).split(' '),
);

const word =
  /(?<comment>--[^\n]*|\/\*[\s\S]*?\*\/)|(?<string>'(?:[^']|'')*'?)|(?<number>\b\d+(?:\.\d+)?\b)|(?<name>[a-z_][a-z_0-9]*)|(?<rest>[\s\S])/giu;

/** Splits SQL for colouring. It colours and judges nothing: whatever it does not know is plain. Texts join to the input. */
export function statementWords(statement: string): readonly StatementWord[] {
  const words: StatementWord[] = [];
  for (const match of statement.matchAll(word)) {
    const [text] = match;
    const kind = kindOf(match.groups ?? {}, text);
    const last = words.at(-1);
    if (kind === 'plain' && last?.kind === 'plain') words[words.length - 1] = { text: last.text + text, kind };
    else words.push({ text, kind });
  }
  return words;
}

function kindOf(groups: { readonly [name: string]: string | undefined }, text: string): StatementWord['kind'] {
  if (groups['comment'] !== undefined) return 'comment';
  if (groups['string'] !== undefined) return 'string';
  if (groups['number'] !== undefined) return 'number';
  return groups['name'] !== undefined && keywords.has(text.toLowerCase()) ? 'keyword' : 'plain';
}

const clauseStart =
  /(?<!\b(?:left|right|inner|outer|full|cross))\s+(?=(?:from|where|(?:left|right|inner|outer|full|cross)?\s*join|group by|order by|having|limit|values|set|returning|union|on conflict)\b)/giu;

/** A statement on one line, broken before its clauses; one that has its own lines is left as it is. */
export function brokenLines(statement: string): string {
  const trimmed = statement.trim();
  return trimmed.includes('\n') || !/^(?:select|insert|update|delete|with)\b/i.test(trimmed)
    ? trimmed
    : trimmed.replaceAll(clauseStart, '\n');
}
