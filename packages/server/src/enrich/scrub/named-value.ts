import { isSecretKey } from '../secrets.js';
import { looksLikeToken } from './authorization.js';
import { isWordChar, redacted, runEnd, runStart, type Detector, type Found } from './detector.js';
import { anyCase, exactly, letters, maybe, one, type Trigger } from './trigger-scan.js';

const longestName = 64;
const longestList = 8192;

/** Words that name a secret, and the separators that may stand between a name and its value. */
const words = [
  'password',
  'passwd',
  'passphrase',
  'pwd',
  'secret',
  'token',
  'jwt',
  'api-key',
  'access-key',
  'account-key',
  'private-key',
  'secret-key',
  'secret-key-base',
  'signing-key',
  'encryption-key',
  'credential',
  'credentials',
  'authorization',
  'cookie',
  'cookies',
  'csrf',
  'xsrf',
  'cvv',
  'cvc',
  'ssn',
  'phpsessid',
  'sessionid',
  'connection-string',
];

/** These name a secret also when more letters follow: `passwordConfirmation=…`. */
const stems = ['password', 'passwd', 'passphrase'];

const afterName = [maybe('\\'), maybe('"\'`'), maybe(' '), one(':=')];

const isName = (code: number): boolean => isWordChar(code) || code === 45 || code === 46;
const isClosing = (code: number): boolean => code === 34 || code === 39 || code === 96;

/** The end of a bare value. */
const isBare = (code: number): boolean =>
  code > 32 &&
  !isClosing(code) &&
  code !== 44 &&
  code !== 59 &&
  code !== 38 &&
  code !== 41 &&
  code !== 93 &&
  code !== 125 &&
  code !== 124 &&
  code !== 60 &&
  code !== 62;

/**
 * Values behind a name that says they are secret: `password=…`, `"api_key": "…"`, `Authorization: Bearer …`, `Cookie: …`, `--token …`, in logs, JSON,
 * headers and command lines. Behind a colon in prose (`password: must be longer`) only what looks like a secret goes.
 */
export const namedValue: Detector = {
  name: 'named-secret',
  triggers: [
    ...words.map((word): Trigger => [...anyCase(word), ...afterName]),
    ...stems.map((word): Trigger => [...anyCase(word), one(letters)]),
    ...['password', 'token', 'secret', 'key'].map((word): Trigger => [one('-'), ...anyCase(word), one(' ')]),
    exactly('pass='),
  ],
  find(text, at) {
    const separator = text.charAt(at - 1);
    if (separator === ' ') return commandLine(text, at);
    if (separator !== ':' && separator !== '=') {
      const nameEnd = runEnd(text, at, isName, longestName);
      const [between] = /^\\?["'`]? ?[:=]/.exec(text.slice(nameEnd, nameEnd + 4)) ?? [];
      return between === undefined ? undefined : this.find(text, nameEnd + between.length);
    }
    let nameEnd = at - 1;
    while (nameEnd > 0 && at - nameEnd < 5 && /[\s"'`\\]/.test(text.charAt(nameEnd - 1))) nameEnd--;
    const name = text.slice(runStart(text, nameEnd, isName, longestName), nameEnd);
    const isQuotedName = /["'`]/.test(text.slice(nameEnd, at - 1));
    if (!isSecretKey(name) && !(separator === '=' && /(?:^|[._-])(?:pass|phpsessid|sessionid)$/i.test(name)))
      return undefined;
    // `==` and `=>` compare and map; `::` names a member.
    let from = at;
    if (separator === '=' && text.charAt(from) === '=') return undefined;
    if (text.charAt(from) === '>') from++;
    if (separator === ':' && (text.charAt(from) === ':' || text.charAt(from) === '/')) return undefined;
    const valueAt = runEnd(text, from, code => code === 32 || code === 9, 8);
    return valueOf(text, valueAt, { name, isQuotedName, isProse: separator === ':' || valueAt > from });
  },
};

interface Place {
  readonly name: string;
  readonly isQuotedName: boolean;
  /** A colon or a space stands before the value: it may be a sentence. */
  readonly isProse: boolean;
}

function valueOf(text: string, at: number, place: Place): Found | undefined {
  const first = text.charAt(at);
  const isHeader = /(?:authorization|cookies?)$/i.test(place.name);
  if (first === '\\' && isClosing(text.charCodeAt(at + 1))) {
    const closing = text.indexOf(text.slice(at, at + 2), at + 2);
    return quoted(text, at + 2, closing);
  }
  if (isClosing(text.charCodeAt(at))) return quoted(text, at + 1, closingQuote(text, at));
  if (isPlaceholder(text.slice(at, at + 60))) return undefined;
  if (first === '[' || first === '{')
    return /(?:authorization|cookies?|passwords?|credentials)$/i.test(place.name) ? list(text, at) : undefined;
  if (isHeader && !place.isQuotedName) return header(text, at, /cookies?$/i.test(place.name));
  const to = trimmedEnd(text, at, runEnd(text, at, isBare));
  const value = text.slice(at, Math.min(to, at + 200));
  if (isPlaceholder(value)) return undefined;
  if (place.isQuotedName) {
    // A bare value behind a quoted name is JSON: it stays JSON.
    return /^-?\d/.test(value) && value.length < 4 ? undefined : { from: at, to, put: `"${redacted}"` };
  }
  if (text.charAt(to) === '(') return undefined;
  if (place.isProse ? !looksSecret(text, to, value, place.name) : /^pass$/i.test(place.name) && /^\d+$/.test(value))
    return undefined;
  return { from: at, to, put: redacted };
}

function quoted(text: string, from: number, closing: number): Found | undefined {
  // Without its end a quote is either cut off or no quote; what follows may be the secret.
  const to = closing === -1 ? text.length : closing;
  const value = text.slice(from, Math.min(to, from + 200));
  return value.trim() === '' || isPlaceholder(value) ? undefined : { from, to, put: redacted };
}

function closingQuote(text: string, at: number): number {
  const quote = text.charCodeAt(at);
  for (let i = at + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 92) i++;
    else if (code === quote) return i;
  }
  return -1;
}

/** A header as it stands in a request: the scheme stays, the rest of the line goes. */
function header(text: string, at: number, isCookie: boolean): Found | undefined {
  const head = text.slice(at, at + 200);
  if (isCookie)
    return /^[\w!#$%&*+.^|~-]{1,100}=/.test(head) ? { from: at, to: lineEnd(text, at), put: redacted } : undefined;
  const [, scheme = '', space = ''] = /^([A-Za-z][\w-]{1,20})(\s+)(?=\S)/.exec(head) ?? [];
  const from = at + scheme.length + space.length;
  if (/^(?:digest|aws4-hmac-sha256|signature|hmac|oauth|hawk|mac)/i.test(scheme))
    return { from, to: lineEnd(text, from), put: redacted };
  const tokenAt = /^(?:bearer|basic|token|negotiate|apikey|dpop)$/i.test(scheme) ? from : at;
  const to = trimmedEnd(text, tokenAt, runEnd(text, tokenAt, isBare));
  const token = text.slice(tokenAt, Math.min(to, tokenAt + 200));
  if (isPlaceholder(text.slice(tokenAt, tokenAt + 60)) || isPlaceholder(token)) return undefined;
  const isCertain = tokenAt > at && !/^bearer$/i.test(scheme);
  return to > tokenAt && (isCertain || looksLikeToken(token)) ? { from: tokenAt, to, put: redacted } : undefined;
}

/** The end of the line, or of the quotes that the line stands in. */
function lineEnd(text: string, at: number): number {
  for (let i = at; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 10 || code === 13 || isClosing(code)) return i;
    if (code === 92 && /[nr"]/.test(text.charAt(i + 1))) return i;
  }
  return text.length;
}

/** A list or an object, up to the bracket that closes it. */
function list(text: string, at: number): Found | undefined {
  let depth = 0;
  const limit = Math.min(text.length, at + longestList);
  for (let i = at; i < limit; i++) {
    const char = text.charAt(i);
    if (char === '[' || char === '{') depth++;
    else if (char === ']' || char === '}') {
      if (--depth > 0) continue;
      const inner = text.slice(at + 1, i).trim();
      return inner === '' ? undefined : { from: at, to: i + 1, put: `"${redacted}"` };
    } else if (char === '"') {
      const closing = closingQuote(text, i);
      if (closing === -1) break;
      i = closing;
    }
  }
  return { from: at, to: limit, put: `"${redacted}"` };
}

/** `--password hunter2`: the name is a flag, so what follows is its value. */
function commandLine(text: string, at: number): Found | undefined {
  const nameAt = runStart(text, at - 1, isName, longestName);
  const name = text.slice(nameAt, at - 1);
  if (!/^--?[a-z]/i.test(name) || !isSecretKey(name)) return undefined;
  if (!/[\s"',[]/.test(text.charAt(nameAt - 1) || ' ')) return undefined;
  if (isClosing(text.charCodeAt(at))) return quoted(text, at + 1, closingQuote(text, at));
  const to = runEnd(text, at, isBare);
  const value = text.slice(at, Math.min(to, at + 200));
  if (
    value.startsWith('-') ||
    /^[A-Z_]+$/.test(value) ||
    isPlaceholder(value) ||
    !name.startsWith('--') ||
    proseWords.has(value.toLowerCase())
  )
    return undefined;
  return { from: at, to, put: redacted };
}

function trimmedEnd(text: string, from: number, to: number): number {
  let end = to;
  while (end > from + 1 && /[.!?:]/.test(text.charAt(end - 1))) end--;
  return end;
}

/** What stands where a secret would, and is none. */
function isPlaceholder(value: string): boolean {
  return (
    value === '' ||
    /^(?:null|undefined|none|nil|true|false|empty|missing|unset|redacted|filtered|hidden|secret|n\/a)$/i.test(value) ||
    /^(?:[*x•]{3,}|\.{3}|…|-+)$/i.test(value) ||
    /^(?:\[[\w ]{0,20}\]?$|<[^>]{0,60}>?$|\$\{|\$\(|\{\{|%[sdv](?!\w)|%[({]|\$\d{1,3}(?![\w$])|\$[A-Z_]+$|:[a-z_]+$|\?+$|@(?:[a-z_]+|p\d+)$|REDACTED)/.test(
      value,
    ) ||
    /^\[(?:redacted|filtered|card|email|iban|ssn|ip)\]/i.test(value)
  );
}

const proseWords = new Set(
  (
    'a an the is are was be been not no or and must should too to for of in on at by with from has have expired invalid incorrect wrong missing required changed ' +
    'reset updated mismatch failed failure rotated revoked refreshed accepted rejected unexpected unknown unable cannot could does did may can will contains ' +
    'needs only minimum maximum please value field length strength weak strong ok success valid verified received sent created deleted found string number ' +
    'type error bad same different old new current this that your my their its await new function const let var return this get'
  ).split(' '),
);

/** Whether a bare value behind a colon, or with spaces around its sign, is more likely a secret than a word of a sentence. */
function looksSecret(text: string, to: number, value: string, name: string): boolean {
  if (proseWords.has(value.toLowerCase().replace(/[^a-z]/g, ''))) return false;
  const isPassword = /(?:pass(?:word|wd|phrase)?|pwd)$/i.test(name);
  if (!isPassword) return value.length >= 8 && looksLikeToken(value);
  if (value.length < 4) return false;
  const rest = text.slice(to, to + 3);
  return /\d|[^\w]|[a-z][A-Z]/.test(value) || rest === '' || /^[\r\n,;}]/.test(rest);
}
