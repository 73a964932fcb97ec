import { isDigit, isWordChar, runEnd, runStart, type Detector, type Found } from './detector.js';

const longestRun = 100;

const isSeparator = (code: number): boolean => code === 32 || code === 45;
const belongs = (code: number): boolean => isDigit(code) || isSeparator(code);

/** Groups in which cards are written; a number without spaces is one group of any length. */
const layouts = ['4-4-4-4', '4-6-5', '4-6-4', '4-4-4-4-3', '4-4-5'];

/** Payment card numbers: 13 to 16 digits (up to 19 in groups) that begin as a network's do, with the right check digit, written in one piece or in a card's groups. */
export const cardNumber: Detector = {
  name: 'card',
  // Long numbers have a trigger of their own, see `triggerScan`.
  triggers: [],
  find(text, at) {
    const from = runStart(text, at, belongs, longestRun);
    const to = runEnd(text, at, belongs, longestRun);
    const groups = groupsOf(text, from, to);
    for (let first = 0; first < groups.length; first++) {
      for (let last = first; last < Math.min(groups.length, first + 5); last++) {
        const found = cardOf(text, groups, first, last);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  },
};

const hint = /card|visa|diners|maestro|\bpan\b|\bcc\b|credit|debit/i;

interface Group {
  readonly from: number;
  readonly to: number;
}

function groupsOf(text: string, from: number, to: number): readonly Group[] {
  const groups: Group[] = [];
  for (let i = from; i < to; i++) {
    if (!isDigit(text.charCodeAt(i))) continue;
    const end = Math.min(to, runEnd(text, i, isDigit));
    groups.push({ from: i, to: end });
    i = end;
  }
  return groups;
}

function cardOf(text: string, groups: readonly Group[], first: number, last: number): Found | undefined {
  const { from } = groups[first]!;
  const { to } = groups[last]!;
  const part = text.slice(from, to);
  const number = part.replace(/[ -]/g, '');
  // Cards of 17 to 19 digits are rare and ids of 64 bits are not: those only in a card's groups.
  if (number.length < 13 || number.length > (first < last ? 19 : 16)) return undefined;
  if (first < last) {
    const lengths = groups.slice(first, last + 1).map(group => group.to - group.from);
    // The same single separator throughout.
    if (!layouts.includes(lengths.join('-')) || part.length !== number.length + lengths.length - 1) return undefined;
    if (part.includes(' ') && part.includes('-')) return undefined;
  }
  const before = text.charCodeAt(from - 1);
  const after = text.charCodeAt(to);
  // A negative number.
  if (before === 45) return undefined;
  // Cards of 13 and 14 digits are rare, and ids of shops are not.
  if (first === last && number.length < 15 && !hint.test(text.slice(Math.max(0, from - 24), from))) return undefined;
  if (isWordChar(before) || (before === 46 && isDigit(text.charCodeAt(from - 2)))) return undefined;
  if (isWordChar(after) || (after === 46 && isDigit(text.charCodeAt(to + 1)))) return undefined;
  if (after === 45 && isWordChar(text.charCodeAt(to + 1))) return undefined;
  if (!isNetwork(number) || !hasCheckDigit(number) || /^(\d)\1+$/.test(number)) return undefined;
  return { from, to, put: isJsonNumber(text, from) ? '"[card]"' : '[card]' };
}

/** A bare number behind a quoted name: it becomes a text, so that JSON stays JSON. */
const isJsonNumber = (text: string, from: number): boolean =>
  /"\s{0,2}:\s{0,2}$/.test(text.slice(Math.max(0, from - 6), from));

/** Whether a card of some network has this beginning and this length. */
function isNetwork(number: string): boolean {
  const { length } = number;
  const two = Number(number.slice(0, 2));
  const three = Number(number.slice(0, 3));
  const four = Number(number.slice(0, 4));
  if (number.startsWith('4')) return length === 13 || length === 16 || length === 19;
  if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return length === 16;
  if (two === 34 || two === 37) return length === 15;
  if (two === 36 || two === 38 || two === 39 || (three >= 300 && three <= 305)) return length === 14;
  if (four === 6011 || two === 65 || (three >= 644 && three <= 649) || two === 62 || two === 81) return length >= 16;
  if (four >= 3528 && four <= 3589) return length >= 16;
  return [5018, 5020, 5038, 5893, 6304, 6759, 6761, 6762, 6763].includes(four) && length >= 13;
}

/** Luhn's check. */
function hasCheckDigit(number: string): boolean {
  let sum = 0;
  for (let i = 0; i < number.length; i++) {
    const digit = number.charCodeAt(number.length - 1 - i) - 48;
    const doubled = digit * 2;
    sum += i % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
