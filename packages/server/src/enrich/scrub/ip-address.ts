import { isIP } from 'node:net';
import { isAlphanumeric, isDigit, runEnd, runStart, type Detector } from './detector.js';
import { digits, one } from './trigger-scan.js';

const hex = `${digits}abcdefABCDEF`;

const isPart = (code: number): boolean => isAlphanumeric(code) || code === 46 || code === 58;

/** Addresses of machines, IPv4 and IPv6. Only looked for when the configuration asks for it. */
export const ipAddress: Detector = {
  name: 'ip',
  triggers: [
    [one(digits), one('.'), one(digits)],
    [one(hex), one(':'), one(hex)],
    [one(':'), one(':')],
  ],
  find(text, at) {
    let from = runStart(text, at, isPart, 48);
    let to = runEnd(text, at, isPart, 48);
    while (to > at && !isAlphanumeric(text.charCodeAt(to - 1))) to--;
    let address = text.slice(from, to);
    if (isIP(address) === 0) {
      // `10.0.0.7:8080` and `client:10.0.0.7`.
      const match = /(?:^|[^\d.])(\d{1,3}(?:\.\d{1,3}){3})(?=:\d|$)/.exec(address);
      if (match?.[1] === undefined || isIP(match[1]) === 0) return undefined;
      from += match.index + match[0].length - match[1].length;
      [, address] = match;
      to = from + address.length;
    }
    // A version such as 1.2.3.4 after a letter is none; a dot and digits behind make it longer than an address.
    if (text.charCodeAt(to) === 46 && isDigit(text.charCodeAt(to + 1))) return undefined;
    if (/^(?:127\.|0\.0\.0\.0$|::1?$|255\.)/.test(address)) return undefined;
    return { from, to, put: '[ip]' };
  },
};
