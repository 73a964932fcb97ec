import { isAlphanumeric, isWordChar, redacted, runEnd, type Detector } from './detector.js';
import { anyCase, one } from './trigger-scan.js';

const isToken = (code: number): boolean =>
  isWordChar(code) ||
  code === 45 ||
  code === 46 ||
  code === 126 ||
  code === 43 ||
  code === 47 ||
  code === 61 ||
  code === 58;

/** `Bearer <token>` and `Basic <user:password in base64>` wherever they stand; the scheme stays. */
export const authorization: Detector = {
  name: 'authorization',
  triggers: [
    [...anyCase('bearer'), one(' :=')],
    [...anyCase('basic'), one(' ')],
  ],
  find(text, at) {
    const isBasic = (text.charCodeAt(at - 2) | 32) === 99;
    if (isAlphanumeric(text.charCodeAt(at - (isBasic ? 7 : 8)))) return undefined;
    let from = at;
    while (text.charCodeAt(from) === 32 && from < at + 4) from++;
    let to = runEnd(text, from, isToken);
    while (to > from && (text.charCodeAt(to - 1) === 46 || text.charCodeAt(to - 1) === 58)) to--;
    const token = text.slice(from, to);
    return (isBasic ? isCredentials(token) : looksLikeToken(token)) ? { from, to, put: redacted } : undefined;
  },
};

/** Base64 of `user:password`, in characters that can be printed. */
function isCredentials(token: string): boolean {
  if (token.length < 4 || token.length > 4096 || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(token)) return false;
  const decoded = Buffer.from(token, 'base64').toString('latin1');
  return /^[\x20-\x39\x3b-\x7e\xa0-\xff]*:[\x20-\x7e\xa0-\xff]*$/.test(decoded);
}

/** `bearer token expired` is prose: a token is longer, or has digits among its letters. */
export function looksLikeToken(token: string): boolean {
  if (token.length >= 32) return true;
  if (token.length < 6) return false;
  const head = token.slice(0, 64);
  return (
    /\d/.test(head) || (token.length >= 16 && /[A-Z]/.test(head) && /[a-z]/.test(head) && /[A-Z]/.test(head.slice(1)))
  );
}
