import { placeholderOf } from '../enrich/route/path-template.js';

/** The address of a request, apart into what is the same for everybody and what is not. */
export interface CallUrl {
  /** '' when the address has none. */
  readonly host: string;
  /** `/users/:id/cards` */
  readonly template: string;
  /** What stood where the template hides something, and values of the query: ids and the like. */
  readonly values: readonly string[];
  /** Path and query as they were. */
  readonly whole: string;
  /** A name of the query, or the path, says which part of something is asked for. */
  readonly isPage: boolean;
  /** A value of the query names many things at once. */
  readonly takesList: boolean;
}

const maxChars = 2048;
/** What scrubbing put where an id or an address stood. */
const hidden = /^(?:\?|\*+|\[?redacted\]?)$/i;
const pageNames =
  /(?:^|[?&])(?:page|offset|cursor|after|before|start|skip|page_?token|next|since|starting_after|marker|from|part_?number)(?:\[\w+\])?=/i;
/** A numbered part of something: `/pages/3`, `/parts/12`. */
const partPath = /\/(?:pages?|parts?|chunks?|segments?|blocks?)\/\d+(?:\/|$)/i;
/** Many ids in one value. */
const manyValues = /=[^&]*(?:,|%2c)/i;

/** Reads an address, or a path alone. */
export function callUrl(text: string): CallUrl {
  const [, host = '', rest = ''] =
    /^(?:[a-z][a-z\d+.-]*:\/\/(?:[^@/]*@)?([^/?#]*))?([^#]*)/i.exec(text.slice(0, maxChars)) ?? [];
  const [path = '', query = ''] = rest.split('?', 2);
  const values: string[] = [];
  const template = path
    .split('/')
    .map(segment => {
      if (segment === '' || (placeholderOf(segment) === undefined && !hidden.test(segment))) return segment;
      values.push(segment);
      return ':id';
    })
    .join('/');
  for (const pair of query.split('&')) {
    const value = pair.slice(pair.indexOf('=') + 1);
    if (pair.includes('=') && value !== '' && /\d/.test(value)) values.push(value);
  }
  return {
    host: host.replace(/:(?:80|443)$/, '').toLowerCase(),
    template,
    values,
    whole: rest,
    isPage: pageNames.test(`?${query}`) || partPath.test(path),
    takesList: manyValues.test(query),
  };
}
