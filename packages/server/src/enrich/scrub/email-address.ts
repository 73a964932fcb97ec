import { isAlphanumeric, isLetter, runEnd, runStart, type Detector } from './detector.js';
import { exactly, one } from './trigger-scan.js';

const isLocal = (code: number): boolean =>
  isAlphanumeric(code) || code === 46 || code === 95 || code === 43 || code === 45 || code === 37 || code >= 0xc0;

const isDomain = (code: number): boolean => isAlphanumeric(code) || code === 46 || code === 45 || code >= 0xc0;

/** Endings after `@` that are no domain: images for dense screens, units of systemd, files of packages. */
const noDomains = new Set(
  'png jpg jpeg gif svg webp avif ico js mjs cjs ts tsx jsx json css map tgz gz html service socket timer target mount slice scope'.split(
    ' ',
  ),
);

/** E-mail addresses, also with `%40` for `@`. */
export const emailAddress: Detector = {
  name: 'email',
  triggers: [[one('@')], exactly('%40')],
  find(text, at) {
    const signAt = text.charAt(at - 1) === '@' ? at - 1 : at - 3;
    let from = runStart(text, signAt, isLocal, 64);
    while (from < signAt && !isAlphanumeric(text.charCodeAt(from)) && text.charCodeAt(from) < 0xc0) from++;
    // `%3Aann%40…` and `%20ann`: the escape is not part of the name.
    const escape = /%[0-9A-Fa-f]{2}(?=[^%]*$)/.exec(text.slice(from, signAt));
    if (escape !== null) from += escape.index + 3;
    if (from >= signAt || text.charCodeAt(signAt - 1) === 46) return undefined;
    let to = runEnd(text, at, isDomain, 253);
    while (to > at && !isAlphanumeric(text.charCodeAt(to - 1)) && text.charCodeAt(to - 1) < 0xc0) to--;
    const domain = text.slice(at, to);
    const ending = domain.slice(domain.lastIndexOf('.') + 1).toLowerCase();
    if (ending.length < 2 || ending.length === domain.length || !isWord(ending) || noDomains.has(ending))
      return undefined;
    // `exampleSDID@32473.eventID` of syslog: the number of an enterprise.
    if (/^\d{5,}\./.test(domain)) return undefined;
    if (domain.startsWith('.') || domain.startsWith('-') || domain.includes('..')) return undefined;
    // `git@github.com:a/b` names a repository; `@scope/name@1.2.3` has no letters at its end.
    const name = text.slice(from, signAt);
    if (name === 'git' || name === 'REDACTED') return undefined;
    return { from, to, put: '[email]' };
  },
};

function isWord(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (!isLetter(text.charCodeAt(i)) && text.charCodeAt(i) < 0xc0) return false;
  return true;
}
