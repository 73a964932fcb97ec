import { errorTerms } from '@bellwether/model';

/** A condition on the events of errors; `at` numbers its parameters. */
export interface EventFilter {
  sql(at: number): string;
  params(at: number): readonly (readonly [string, string])[];
}

/** What a search for errors asks for. */
export interface ErrorSearch {
  /** In lower case. */
  readonly words: readonly string[];
  readonly filters: readonly EventFilter[];
  /** `new`, `rising`, `regressed`, `open`, `resolved`, `ignored`: one of each list must hold. */
  readonly states: readonly string[];
  /** Who has it; `none` for nobody. */
  readonly owners: readonly string[];
}

const maxTerms = 20;

/** The columns of events that a term asks for by its key. */
export const eventColumns: ReadonlyMap<string, string> = new Map([
  ['release', 'version'],
  ['version', 'version'],
  ['user', 'user_id'],
  ['tenant', 'tenant_id'],
  ['env', 'environment'],
  ['environment', 'environment'],
  ['service', 'service'],
]);

const states: ReadonlySet<string> = new Set(['new', 'rising', 'ongoing', 'regressed', 'open', 'resolved', 'ignored']);

/**
 * Reads `declined release:v412 user:u-7 tenant:acme tag:payment.provider=stripe state:new owner:ann`: words stand in the type, the message or the place; the others
 * hold for each event that is counted, or for the error. `-` before one turns it around; quotes keep a blank. A key that is none is a word with a colon in it.
 */
export function parseErrorSearch(text: string): ErrorSearch {
  const search = {
    words: [] as string[],
    filters: [] as EventFilter[],
    states: [] as string[],
    owners: [] as string[],
  };
  for (const { isNot, key: name, value, text: word } of errorTerms(text.slice(0, 1000)).slice(0, maxTerms)) {
    const column = eventColumns.get(name);
    if (column !== undefined) search.filters.push(equals(column, value, isNot));
    else if (name === 'tag') search.filters.push(tag(value, isNot));
    else if (name === 'state' && states.has(value.toLowerCase()) && !isNot) search.states.push(value.toLowerCase());
    else if (name === 'owner' && !isNot) search.owners.push(value.toLowerCase());
    else search.words.push(word.toLowerCase());
  }
  return search;
}

function equals(column: string, value: string, isNot: boolean): EventFilter {
  return {
    sql: at => `${column} ${isNot ? '!=' : '='} {filter${at}:String}`,
    params: at => [[`filter${at}`, value]],
  };
}

/** `key=value`, or a key that is there. */
function tag(text: string, isNot: boolean): EventFilter {
  const at = text.indexOf('=');
  const [key, value] = at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
  if (value === undefined) {
    return {
      sql: at => `${isNot ? 'NOT ' : ''}mapContains(attrs, {filter${at}:String})`,
      params: at => [[`filter${at}`, key]],
    };
  }
  return {
    sql: at => `attrs[{filter${at}:String}] ${isNot ? '!=' : '='} {filter${at}Value:String}`,
    params: at => [
      [`filter${at}`, key],
      [`filter${at}Value`, value],
    ],
  };
}
