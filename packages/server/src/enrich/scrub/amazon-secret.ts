import { isAlphanumeric, redacted, runEnd, type Detector } from './detector.js';
import { exactly } from './trigger-scan.js';

const isBase64 = (code: number): boolean => isAlphanumeric(code) || code === 43 || code === 47;

const nearChars = 200;

/**
 * The secret that belongs to a key id of Amazon: 40 characters of base64 soon after the id. On its own such a text might be anything; beside an id it
 * is not. The id itself is a service key.
 */
export const amazonSecret: Detector = {
  name: 'service-key',
  triggers: [exactly('AKIA'), exactly('ASIA')],
  find(text, at) {
    const idEnd = runEnd(text, at, isAlphanumeric, 17);
    if (idEnd - at !== 16) return undefined;
    const limit = Math.min(text.length, idEnd + nearChars);
    for (let i = idEnd; i < limit; i++) {
      if (!isBase64(text.charCodeAt(i))) continue;
      const end = runEnd(text, i, isBase64, 64);
      const word = text.slice(i, end);
      if (end - i === 40 && /[a-z]/.test(word) && /[A-Z]/.test(word) && /\d/.test(word))
        return { from: at - 4, to: end, put: `${redacted}${text.slice(idEnd, i)}${redacted}` };
      i = end;
    }
    return undefined;
  },
};
