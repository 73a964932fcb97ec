import { readPattern } from '../json/pattern.js';
import { type Variable, type VariableOption, allValue } from './variable.js';

const maxOptions = 10_000;

/** Options of the values that a query returned: filtered and cut by the variable's regex, without doubles, sorted. */
export function optionsOf(
  values: readonly string[],
  { regex, sort }: Pick<Variable, 'regex' | 'sort'>,
): readonly VariableOption[] {
  const pattern = regex === '' ? undefined : readPattern(regex);
  const byValue = new Map<string, VariableOption>();
  for (const value of values) {
    const option = pattern === undefined ? { text: value, value } : cut(value, pattern);
    if (option !== undefined && !byValue.has(option.value)) byValue.set(option.value, option);
    if (byValue.size >= maxOptions) break;
  }
  return sortOptions([...byValue.values()], sort);
}

/** The named groups `text` and `value`, else the first group, else the whole value; undefined where it does not match. */
function cut(value: string, pattern: NonNullable<ReturnType<typeof readPattern>>): VariableOption | undefined {
  const match = pattern.match(value);
  if (match === undefined) return undefined;
  const text = match.named.get('text');
  const named = match.named.get('value');
  if (text !== undefined || named !== undefined) return { text: text ?? named ?? '', value: named ?? text ?? '' };
  const first = match.groups.length > 1 ? match.groups.slice(1).find(group => group !== undefined) : undefined;
  const whole = match.groups.length > 1 ? first : value;
  return whole === undefined ? undefined : { text: whole, value: whole };
}

const natural = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function sortOptions(options: readonly VariableOption[], sort: number): readonly VariableOption[] {
  const compare = comparison(Math.ceil(sort / 2));
  if (compare === undefined) return options;
  const sorted = options.toSorted((a, b) => compare(a.text, b.text));
  return sort % 2 === 0 ? sorted.toReversed() : sorted;
}

function comparison(kind: number): ((a: string, b: string) => number) | undefined {
  switch (kind) {
    case 1:
      return byCode;
    case 2:
      return (a, b) => firstNumber(a) - firstNumber(b);
    case 3:
      return (a, b) => byCode(a.toLowerCase(), b.toLowerCase());
    case 4:
      return (a, b) => natural.compare(a, b);
    default:
      return undefined;
  }
}

const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function firstNumber(text: string): number {
  const found = /-?\d+(?:\.\d+)?/.exec(text);
  return found === null ? -1 : Number(found[0]);
}

/** `a, b\, still b, text : value` in options. */
export function customOptions(query: string): readonly VariableOption[] {
  const parts = query.match(/(?:\\,|[^,])+/g) ?? [];
  return parts.slice(0, maxOptions).map(part => {
    const plain = part.replaceAll('\\,', ',').trim();
    const pair = /^(.+?)\s:\s(.+)$/.exec(plain);
    return pair === null
      ? { text: plain, value: plain }
      : { text: pair[1]?.trim() ?? '', value: pair[2]?.trim() ?? '' };
  });
}

/** What is chosen: what the address says; else what the file says, where that is still an option; else all or the first. */
export function chosenValues(
  variable: Variable,
  asked: readonly string[] | undefined,
  options: readonly VariableOption[],
): readonly string[] {
  if (variable.kind === 'textbox' || variable.kind === 'constant')
    return [asked?.[0] ?? variable.current[0]?.value ?? variable.query];
  const wanted =
    asked === undefined || asked.length === 0
      ? variable.current.map(({ value }) => value)
      : asked.map(value => (value === 'All' && variable.includeAll ? allValue : value));
  if (variable.includeAll && wanted.includes(allValue)) return [allValue];
  const known = new Set(options.map(({ value }) => value));
  const kept = wanted.filter(value => known.has(value));
  // What somebody put into the address is obeyed, also where nothing has that value at the moment.
  const obeyed = kept.length === 0 && asked !== undefined && asked.length > 0 ? wanted : kept;
  if (obeyed.length > 0) return variable.multi ? obeyed : obeyed.slice(0, 1);
  if (variable.includeAll) return [allValue];
  const first = options[0];
  return first === undefined ? [] : [first.value];
}
