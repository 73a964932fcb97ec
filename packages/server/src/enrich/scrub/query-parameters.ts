import { redactUrl } from '../secrets.js';
import type { Detector } from './detector.js';
import { one, wordChars } from './trigger-scan.js';

const longestQuery = 4096;

/** Values of sensitive parameters of URLs in free text: `GET /reset?token=… failed`. */
export const queryParameters: Detector = {
  name: 'query',
  triggers: [[one('?'), one(`${wordChars}%$[.&;+-`)]],
  find(text, at) {
    const from = at - 1;
    const before = text.charCodeAt(from - 2);
    if (Number.isNaN(before) || before <= 32) return undefined;
    const limit = Math.min(text.length, from + longestQuery);
    let to = from;
    while (to < limit && !isEnd(text.charCodeAt(to))) to++;
    const query = text.slice(from, to);
    const put = redactUrl(query, true);
    return put === query ? undefined : { from, to, put };
  },
};

/** White space, quotes, brackets, and another `?`. */
const isEnd = (code: number): boolean =>
  code <= 32 ||
  code === 34 ||
  code === 39 ||
  code === 60 ||
  code === 62 ||
  code === 63 ||
  code === 92 ||
  code === 96 ||
  code === 41 ||
  code === 125;
