/** How many examples are kept at each place of a pattern. */
const most = 6;

const classes: Readonly<Record<string, string>> = { d: '7', w: 'w', s: ' ', D: 'x', W: '-', S: 'x' };

/** Reads a regular expression and makes up texts that it may match: a try, to be checked by who uses them. */
class Reader {
  readonly #pattern: string;
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  alternatives(): readonly string[] {
    const all = [...this.#sequence()];
    while (this.#pattern[this.#at] === '|') {
      this.#at++;
      all.push(...this.#sequence());
    }
    return [...new Set(all)];
  }

  #sequence(): readonly string[] {
    let texts: readonly string[] = [''];
    while (this.#at < this.#pattern.length && !'|)'.includes(this.#pattern[this.#at]!)) {
      const next = this.#repeated(this.#atom());
      const longest = Math.min(most, Math.max(texts.length, next.length));
      texts = Array.from({ length: longest }, (_, at) => texts[at % texts.length]! + next[at % next.length]!);
    }
    return texts;
  }

  #repeated(texts: readonly string[]): readonly string[] {
    const rest = this.#pattern.slice(this.#at);
    const [sign] = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/.exec(rest) ?? [];
    if (sign === undefined) return texts;
    this.#at += sign.length;
    const times = /^\{(\d+)/.exec(sign)?.[1];
    return times === undefined ? texts : texts.map(text => text.repeat(Number(times)));
  }

  #atom(): readonly string[] {
    const char = this.#pattern[this.#at++]!;
    if (char === '(') {
      const [flags = ''] = /^\?(?:P?<\w+>|[a-z]*:)/.exec(this.#pattern.slice(this.#at)) ?? [];
      this.#at += flags.length;
      const inner = this.alternatives();
      this.#at++;
      return inner;
    }
    if (char === '[') return [this.#class()];
    if (char === '\\') {
      const escaped = this.#pattern[this.#at++] ?? '';
      return [classes[escaped] ?? escaped];
    }
    if (char === '.') return ['x', 'y'];
    return '^$'.includes(char) ? [''] : [char];
  }

  #class(): string {
    const end = this.#pattern.indexOf(']', this.#at + 1);
    const body = this.#pattern.slice(this.#at, end);
    this.#at = end + 1;
    if (body.startsWith('^')) return ['q', '0', '_'].find(text => !body.includes(text)) ?? 'q';
    return body.startsWith('\\') ? (classes[body[1] ?? ''] ?? body[1] ?? '') : (body[0] ?? '');
  }
}

/** Texts that a regular expression may match. */
export function examplesOf(pattern: string): readonly string[] {
  return new Reader(pattern).alternatives();
}
