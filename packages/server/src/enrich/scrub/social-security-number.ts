import { isDigit, isWordChar, type Detector } from './detector.js';
import { digits, one } from './trigger-scan.js';

const digit = one(digits);
const dash = one('-');

/** Numbers of the United States' social security, as they are written: 3, 2 and 4 digits with dashes. */
export const socialSecurityNumber: Detector = {
  name: 'ssn',
  triggers: [[digit, dash, digit, digit, dash, digit]],
  find(text, triggerEnd) {
    const from = triggerEnd - 8;
    const at = from + 11;
    if (from < 0 || !/^\d{3}-\d\d-\d{4}$/.test(text.slice(from, at))) return undefined;
    const before = text.charCodeAt(from - 1);
    const after = text.charCodeAt(at);
    if (isWordChar(before) || before === 45 || before === 46 || isWordChar(after) || after === 45) return undefined;
    if (after === 46 && isDigit(text.charCodeAt(at + 1))) return undefined;
    const area = Number(text.slice(from, from + 3));
    if (
      area === 0 ||
      area === 666 ||
      area >= 900 ||
      text.startsWith('00', from + 4) ||
      text.startsWith('0000', from + 7)
    )
      return undefined;
    return { from, to: at, put: '[ssn]' };
  },
};
