import { redacted, type Detector } from './detector.js';
import { exactly } from './trigger-scan.js';

/** Private keys in PEM form, also with `\n` written out; without an end, all that follows. */
export const privateKey: Detector = {
  name: 'private-key',
  triggers: [exactly('PRIVATE KEY')],
  find(text, at) {
    const nearAt = Math.max(0, at - 60);
    const beginAt = text.slice(nearAt, at).lastIndexOf('-----BEGIN');
    if (beginAt === -1) return undefined;
    const from = nearAt + beginAt;
    const end = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
    end.lastIndex = at;
    const match = end.exec(text);
    return { from, to: match === null ? text.length : match.index + match[0].length, put: redacted };
  },
};
