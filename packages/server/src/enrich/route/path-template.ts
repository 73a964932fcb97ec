/** Deeper paths are cut there. */
const maxSegments = 12;
const longestSegment = 64;

const uuid = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
const date = /^\d{4}-\d\d(?:-\d\d)?(?:T[\d:.Z+-]*)?$/;

/** The parts of a path without its query, its fragment and a slash at its end; `%2F` stays what it is. */
export function segmentsOf(path: string): readonly string[] {
  const end = path.search(/[?#;]/);
  const plain = end === -1 ? path : path.slice(0, end);
  return plain
    .slice(0, 2048)
    .split('/', maxSegments + 3)
    .filter(segment => segment !== '');
}

/**
 * What stands for a part of a path that names one thing among many: `:id` for numbers, UUIDs, hashes and other ids, `:date`, `:email`, `:slug` for words
 * with an id, `:file` for files whose name has one. Undefined for a part that is the same for everybody.
 */
export function placeholderOf(segment: string): string | undefined {
  if (/^\d+$/.test(segment) || uuid.test(segment)) return ':id';
  if (segment.startsWith(':') || /^[{[<*].*[}\]>*]?$/.test(segment)) return undefined;
  if (date.test(segment)) return ':date';
  if (/@|%40/.test(segment)) return /^@[a-z][\w-]{0,30}$/i.test(segment) ? ':slug' : ':email';
  if (segment.length > longestSegment) return ':id';
  const dotAt = segment.lastIndexOf('.');
  if (dotAt > 0 && /^\.[a-z][a-z\d]{0,4}$/i.test(segment.slice(dotAt))) {
    const name = segment.slice(0, dotAt);
    return name.split('.').some(part => part !== segment && placeholderOf(part) !== undefined) ? ':file' : undefined;
  }
  if (segment.includes('%')) return ':slug';
  if (/^\d[\d.:,_-]*$/.test(segment)) return ':id';
  // `v1`, `oauth2`, `s3`, `h264`: a name with a short number.
  if (/^[a-z][a-z_-]{0,30}\d{1,3}$/i.test(segment))
    return /[_-]\d+$/.test(segment) && !/^[a-z]+-v\d$/i.test(segment) ? ':id' : undefined;
  if (/^[\da-f]{8,}$/i.test(segment) && /\d/.test(segment)) return ':id';
  if (looksRandom(segment)) return ':id';
  // `ord_8d3f0a52`, `inv-2026-00017`: a short name and what tells it from the others.
  const parts = segment.split(/[_-]/);
  const withDigits = parts.filter(part => /\d/.test(part));
  if (withDigits.length === 0) return undefined;
  if (withDigits.some(part => /^\d{2,}$/.test(part) || (part !== segment && placeholderOf(part) === ':id')))
    return parts.length > 2 && parts.length - withDigits.length >= 2 ? ':slug' : ':id';
  return undefined;
}

/** Letters and digits by turns, or upper and lower case: an id, not words. */
function looksRandom(segment: string): boolean {
  if (segment.length < 10 || !/^[\w~-]+$/.test(segment)) return false;
  const text = segment.replace(/[~_-]/g, '');
  let turns = 0;
  for (let i = 1; i < text.length; i++) {
    const [before, now] = [kind(text, i - 1), kind(text, i)];
    // `orderItems` has a turn where its second word begins, and none behind that.
    if (before !== now && !(before === 1 && now === 2)) turns++;
  }
  return turns >= 4 && turns * (/\d/.test(text) ? 5 : 3) >= text.length;
}

function kind(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57 ? 0 : code >= 65 && code <= 90 ? 1 : 2;
}

/** A path with placeholders where it names one thing among many: `/orders/8812/items` is `/orders/:id/items`. */
export function pathTemplate(path: string): string {
  const segments = segmentsOf(path);
  const kept = segments.slice(0, maxSegments).map(segment => placeholderOf(segment) ?? segment);
  return `/${kept.join('/')}${segments.length > maxSegments ? '/*' : ''}`;
}

/** The name of a span that holds a path, without its ids and its query; undefined for every other name. */
export function pathlessName(name: string): string | undefined {
  const found = pathInName(name);
  if (found === undefined || (!hasIds(found.path) && !found.path.includes('?'))) return undefined;
  return `${found.method} ${found.origin}${pathTemplate(found.path)}`;
}

/** Whether a path holds a part that names one thing among many. */
export function hasIds(path: string): boolean {
  return segmentsOf(path).some(segment => placeholderOf(segment) !== undefined);
}

/** Names of spans that hold a path: `GET /orders/8812` and `GET https://api.example/orders/8812?full=1`. */
export function pathInName(
  name: string,
): { readonly method: string; readonly origin: string; readonly path: string } | undefined {
  const match = /^([A-Z]{3,10}) (https?:\/\/[^/?#\s]{1,255})?(\/\S{0,4096}|(?=\?)\S{0,4096})$/.exec(name);
  if (match === null) return undefined;
  const [, method = '', origin = '', path = ''] = match;
  return { method, origin, path };
}
