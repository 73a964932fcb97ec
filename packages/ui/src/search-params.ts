/**
 * The query string as plain text: each value stays the text it is.
 * (The router's own parser reads values as JSON, which turns `trace=662E41` into 6.62e+43.)
 */
export type SearchParams = { readonly [key: string]: string | readonly string[] | undefined };

/** Params that every internal link carries along unless it says otherwise. */
export const carriedParams = ['ws', 'env', 'from', 'to', 'tz', 'cmp'] as const;

/** `?a=1&f.x=1&f.x=2` → `{ a: '1', 'f.x': ['1', '2'] }`. Unknown params are kept. */
export function parseSearch(text: string): SearchParams {
  const params: Record<string, string | string[]> = {};
  for (const [key, value] of new URLSearchParams(text)) {
    const known = Object.hasOwn(params, key) ? params[key] : undefined;
    if (known === undefined) Object.defineProperty(params, key, { value, ...plain });
    else if (Array.isArray(known)) known.push(value);
    else params[key] = [known, value];
  }
  return params;
}

/** The reverse; keys with undefined or empty text are left out, since that is what absence means everywhere. */
export function stringifySearch(params: object): string {
  const out = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (typeof one === 'string' && one !== '') out.append(key, one);
    }
  }
  // Legible where the URL grammar allows it: `q=service:checkout`.
  const text = out.toString().replaceAll('%3A', ':').replaceAll('%2F', '/').replaceAll('%2C', ',');
  return text === '' ? '' : `?${text}`;
}

/** One value of a param; of a repeated one, the first. */
export function textParam(params: SearchParams, key: string): string | undefined {
  const value = Object.hasOwn(params, key) ? params[key] : undefined;
  return typeof value === 'string' ? value : value?.[0];
}

/** Adds the carried params of `from` that `to` does not mention. */
export function carry(from: SearchParams, to: SearchParams): SearchParams {
  const carried: Record<string, string | readonly string[] | undefined> = {};
  for (const key of carriedParams) if (!(key in to) && from[key] !== undefined) carried[key] = from[key];
  return { ...carried, ...to };
}

// A key may be called `__proto__`: define it as any other.
const plain = { enumerable: true, configurable: true, writable: true };

/** What the router hands over, as text; anything else is dropped. */
export function textOnly(raw: Record<string, unknown>): SearchParams {
  const params: Record<string, string | readonly string[]> = {};
  for (const [key, value] of Object.entries(raw)) {
    if (typeof value === 'string') params[key] = value;
    else if (Array.isArray(value)) params[key] = value.filter(one => typeof one === 'string');
  }
  return params;
}
