import type { CompletionContext, FieldsAnswer, FieldValuesAnswer } from '@bellwether/model';
import { formatCount } from '../format.js';
import type { SearchLanguage } from './search-languages.js';

/** One offer below the search field: choosing it makes the query `text` with the cursor at `cursor`. */
export type Completion = {
  readonly label: string;
  readonly hint: string;
  readonly text: string;
  readonly cursor: number;
};

const offeredAtMost = 12;
const orderedOperators = [':', '>', '>=', '<', '<='];
const plainOperators = [':', '!='];

/** Fields whose name holds what was typed. */
export function keyCompletions(
  { writeKey }: SearchLanguage,
  query: string,
  at: CompletionContext,
  answer: FieldsAnswer,
): readonly Completion[] {
  const typed = at.prefix.toLowerCase();
  const starting = answer.fields.filter(({ key }) => key.toLowerCase().startsWith(typed));
  const holding = answer.fields.filter(({ key }) => !starting.some(field => field.key === key));
  return [...starting, ...holding.filter(({ key }) => key.toLowerCase().includes(typed))]
    .slice(0, offeredAtMost)
    .map(({ key, description, source }) => ({
      label: key,
      hint: description === '' ? source : description,
      ...replaced(query, at, writeKey(key), ''),
    }));
}

/** Operators that make sense for the field. */
export function operatorCompletions(
  { fields }: SearchLanguage,
  query: string,
  at: CompletionContext,
): readonly Completion[] {
  const field = fields.find(({ key }) => key === at.key);
  const operators = field?.ordered === true ? orderedOperators : plainOperators;
  return operators.map(operator => ({
    label: `${at.key ?? ''}${operator}`,
    hint: operatorWords[operator] ?? '',
    ...replaced(query, at, operator, ''),
  }));
}

const operatorWords: { readonly [operator: string]: string } = {
  ':': 'is',
  '!=': 'is not',
  '>': 'more than',
  '>=': 'at least',
  '<': 'less than',
  '<=': 'at most',
};

/** Values of the field: those the catalogue knows, then those that occur, most frequent first. */
export function valueCompletions(
  { fields, writeValue }: SearchLanguage,
  query: string,
  at: CompletionContext,
  answer: FieldValuesAnswer | undefined,
): readonly Completion[] {
  const typed = at.prefix.toLowerCase();
  const field = fields.find(({ key }) => key === at.key);
  const known = (field?.values ?? []).map(value => ({ value, hint: '' }));
  const occurring = (answer?.values ?? [])
    .filter(({ value }) => !known.some(each => each.value === value))
    .map(({ value, count }) => ({ value, hint: formatCount(count) }));
  return [...known, ...occurring]
    .filter(({ value }) => value.toLowerCase().includes(typed))
    .slice(0, offeredAtMost)
    .map(({ value, hint }) => ({ label: value, hint, ...replaced(query, at, writeValue(value), ' ') }));
}

/** The query with the typed piece replaced; `after` follows unless something like it is there already. */
function replaced(
  query: string,
  { from, to }: CompletionContext,
  piece: string,
  after: string,
): { readonly text: string; readonly cursor: number } {
  const rest = query.slice(to);
  const gap = rest.startsWith(after) ? '' : after;
  return {
    text: `${query.slice(0, from)}${piece}${gap}${rest}`,
    cursor: from + piece.length + after.length,
  };
}
