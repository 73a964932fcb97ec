/**
 * About how many instructions a pattern becomes when compiled: its characters, with everything that `{n,m}` repeats written out.
 *
 * A short text may ask for very much: `(?:abc){1000}`. Groups multiply, as they nest.
 */
export function patternSize(pattern: string): number {
  const outer: number[] = [];
  let size = 0;
  let last = 0;
  for (let at = 0; at < pattern.length;) {
    const character = pattern[at];
    if (character === '(') {
      outer.push(size);
      size = 0;
      last = 0;
      at++;
    } else if (character === ')') {
      last = size + 1;
      size = (outer.pop() ?? 0) + last;
      at++;
    } else if (character === '{') {
      repeat.lastIndex = at;
      const found = repeat.exec(pattern);
      if (found === null) {
        last = 1;
        size++;
        at++;
        continue;
      }
      const times = Math.max(1, Number(found[1]), Number(found[2] ?? 0));
      size += last * (times - 1);
      last *= times;
      at = repeat.lastIndex;
    } else {
      const end = character === '[' ? classEnd(pattern, at) : at + (character === '\\' ? 2 : 1);
      last = 1;
      size += 1;
      at = end;
    }
  }
  return outer.reduce((all, one) => all + one, size);
}

const repeat = /\{([0-9]+)(?:,([0-9]*))?\}/y;

/** Where a class like `[^\]a-z]` ends. */
function classEnd(pattern: string, start: number): number {
  let at = start + 1;
  if (pattern[at] === '^') at++;
  if (pattern[at] === ']') at++;
  while (at < pattern.length && pattern[at] !== ']') at += pattern[at] === '\\' ? 2 : 1;
  return at + 1;
}
