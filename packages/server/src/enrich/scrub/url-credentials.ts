import type { Detector } from './detector.js';
import { one } from './trigger-scan.js';

const longestCredentials = 256;

/** The user and password of a URL in free text: `postgres://app:secret@db/shop`. */
export const urlCredentials: Detector = {
  name: 'url-credentials',
  triggers: [[one('@')]],
  find(text, at) {
    const nearAt = Math.max(0, at - longestCredentials);
    const schemeAt = text.slice(nearAt, at).lastIndexOf('://');
    const from = nearAt + schemeAt + 3;
    if (schemeAt === -1 || at - 1 === from) return undefined;
    if (/[\s/?#"'<>`]/.test(text.slice(from, at - 1))) return undefined;
    // A password may hold an @ itself: the last one before the host counts.
    let signAt = at - 1;
    for (let i = at; i < Math.min(text.length, at + longestCredentials); i++) {
      const char = text.charAt(i);
      if (char === '@') signAt = i;
      else if (/[\s/?#"'<>`,;)]/.test(char)) break;
    }
    const credentials = text.slice(from, signAt);
    if (credentials === 'git' || credentials === 'REDACTED:REDACTED') return undefined;
    return { from, to: signAt, put: 'REDACTED:REDACTED' };
  },
};
