import { isAlphanumeric, isWordChar, type Detector } from './detector.js';
import { digits, one, upper } from './trigger-scan.js';

/** How many characters the account numbers of each country have (the IBAN registry). */
const lengths: ReadonlyMap<string, number> = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 ' +
    'GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 ' +
    'PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20'
  )
    .split(' ')
    .map(entry => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** International bank account numbers, with or without spaces, whose check digits are right. */
export const iban: Detector = {
  name: 'iban',
  triggers: [[one(upper), one(upper), one(digits), one(digits)]],
  find(text, at) {
    const from = at - 4;
    const length = lengths.get(text.slice(from, from + 2));
    if (length === undefined || isWordChar(text.charCodeAt(from - 1))) return undefined;
    let compact = '';
    let to = from;
    while (compact.length < length && to < text.length) {
      const code = text.charCodeAt(to);
      if (isAlphanumeric(code)) compact += text.charAt(to);
      else if (code !== 32 || compact.length % 4 !== 0) return undefined;
      to++;
    }
    if (compact.length < length || isWordChar(text.charCodeAt(to))) return undefined;
    return remainder97(compact) === 1 ? { from, to, put: '[iban]' } : undefined;
  },
};

/** The remainder by 97 of the number that the account number stands for, letters being 10 to 35. */
function remainder97(iban: string): number {
  let remainder = 0;
  for (const char of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(char, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder;
}
