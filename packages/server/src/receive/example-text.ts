const maxLength = 300;

/** What stands for a value that may be secret or personal. */
const hidden = '…';

const patterns: readonly (readonly [RegExp, string])[] = [
  [/eyJ[\w-]{5,}(?:\.[\w-]*){0,2}/g, hidden],
  // A name that promises a secret, then its value, with whatever quotes and signs and the scheme between.
  [
    /((?:pass(?:word|wd)?|secret|token|authorization|cookie|api[-_]?key|dsn|session)["'\s:=]{1,4}(?:(?:basic|bearer)\s+)?)[^\s"',;&}]+/gi,
    `$1${hidden}`,
  ],
  [/\b((?:basic|bearer)\s+)[^\s"',;&}]+/gi, `$1${hidden}`],
  [/[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,8}/g, hidden],
  [/\b(?:\d{1,3}\.){3}\d{1,3}\b/g, hidden],
  // Keys, tokens, ids, card and telephone numbers.
  [/[A-Za-z0-9+/_=-]{20,}/g, hidden],
  [/\+?\d[\d -]{6,}\d/g, hidden],
];

/**
 * The beginning of a request that was not taken, for a person who looks for its cause: what can be read of it, on one line, at most 300 characters.
 * Whatever looks like a secret, an address, a number of somebody or a key is left out; it leaves out too much rather than too little.
 */
export function exampleText(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 4 * maxLength))
    .toString('utf8')
    .replaceAll(/[\p{C}\p{Z}\uFFFD]+/gu, ' ')
    .trim();
  const plain = patterns.reduce((rest, [pattern, by]) => rest.replaceAll(pattern, by), text);
  return plain.length > maxLength ? `${plain.slice(0, maxLength - 1)}…` : plain;
}
