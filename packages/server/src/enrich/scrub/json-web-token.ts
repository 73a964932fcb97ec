import { isWordChar, redacted, runEnd, type Detector } from './detector.js';
import { exactly, one, wordChars } from './trigger-scan.js';

const isBase64Url = (code: number): boolean => isWordChar(code) || code === 45;

/** JSON web tokens: `eyJ…` (a `{"` in base64), twice for signed ones and five parts for encrypted ones. */
export const jsonWebToken: Detector = {
  name: 'jwt',
  triggers: [[...exactly('eyJ'), one(`${wordChars}-`)]],
  find(text, at) {
    const from = at - 4;
    const before = text.charCodeAt(from - 1);
    if (isBase64Url(before) || before === 46) return undefined;
    const parts: number[] = [];
    let to = from;
    for (let part = 0; part < 5; part++) {
      const end = runEnd(text, to, isBase64Url);
      parts.push(end - to);
      to = end;
      if (text.charCodeAt(to) !== 46 || part === 4) break;
      to++;
    }
    if (text.charCodeAt(to - 1) === 46) to--;
    const [header = 0, payload = 0] = parts;
    const isSigned = parts.length >= 2 && payload >= 8 && text.startsWith('eyJ', from + header + 1);
    return header >= 12 && (isSigned || parts.length === 5) ? { from, to, put: redacted } : undefined;
  },
};
