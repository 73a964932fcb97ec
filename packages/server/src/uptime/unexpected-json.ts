type Expected = Readonly<Record<string, string | number | boolean | null>>;

/**
 * What of a JSON text is not as expected, as a sentence; undefined: all is. A path is names and places in lists with dots between: `checks.database`, `items.0.state`.
 * `up` and `"up"` are the same, and so are `1`, `"1"` and `"1.0"`: an expectation that was typed in has no types. What was found is told only when it is short, as words, numbers and states are.
 */
export function unexpectedJson(text: string, expected: Expected): string | undefined {
  const paths = Object.entries(expected);
  if (paths.length === 0) return undefined;
  let value: unknown;
  try {
    // Some servers put a byte order mark before it.
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return 'the answer is no JSON, or longer than 1 MiB';
  }
  for (const [path, wanted] of paths) {
    const found = at(value, path);
    if (found === undefined) return `the answer has no ${path}, expected ${JSON.stringify(wanted)}`;
    if (typeof found === 'object' && found !== null)
      return `${path} is ${Array.isArray(found) ? 'a list' : 'an object'}, expected ${JSON.stringify(wanted)}`;
    if (!isSame(found, wanted)) return `${path} is ${short(found)}, expected ${JSON.stringify(wanted)}`;
  }
  return undefined;
}

function at(value: unknown, path: string): unknown {
  let found = value;
  for (const name of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = Reflect.get(found, name);
  }
  return found;
}

const isSame = (found: unknown, wanted: string | number | boolean | null): boolean =>
  String(found) === String(wanted) ||
  (typeof found === 'number' && typeof wanted === 'string' && wanted.trim() !== '' && found === Number(wanted));

const short = (found: unknown): string => {
  const text = JSON.stringify(found) ?? 'nothing';
  return text.length > 40 ? 'something else' : text;
};
