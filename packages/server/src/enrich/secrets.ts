/** A key with one of these words anywhere names a secret. */
const anywhere = new Set([
  'password',
  'passwd',
  'passphrase',
  'authorization',
  'apikey',
  'privatekey',
  'cookie',
  'cookies',
  'credential',
  'credentials',
  'mysqlpwd',
  'phpsessid',
  'jsessionid',
  'sessionid',
  'csrftoken',
  'xsrftoken',
  'stripetoken',
  'cardnumber',
  'creditcard',
]);

/** Whole names that are secret, as Sentry's SDKs and Relay have them. */
const wholeNames = new Set([
  'auth',
  'session',
  '_session',
  'user_session',
  'aiohttp_session',
  'connect.sid',
  'symfony',
]);

/** These name a secret only as the last word: `client_secret` does, `k8s.secret.name` and `gen_ai.token.type` do not. */
const atTheEnd = new Set([
  'secret',
  'token',
  'pwd',
  'jwt',
  'bearer',
  'csrf',
  'xsrf',
  'accesstoken',
  'refreshtoken',
  'idtoken',
  'authtoken',
  'clientsecret',
  'secretkey',
  'accesskey',
  'auth',
  'cvv',
  'cvc',
  'ssn',
]);

/** Two words that name a secret when they follow each other. */
const pairs = new Set([
  'api key',
  'private key',
  'secret key',
  'access key',
  'account key',
  'card number',
  'credit card',
  'set cookie',
  'proxy authorization',
  'encryption key',
  'signing key',
  'connection string',
]);

/** True when an attribute of this name should not be stored as it came. */
export function isSecretKey(key: string): boolean {
  const words = key
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(word => word !== '');
  if (wholeNames.has(key.toLowerCase())) return true;
  // `PublicKeyToken`, `public_key`: what is public is no secret.
  if (words.includes('public') && words.includes('key')) return false;
  return words.some(
    (word, i) =>
      anywhere.has(word) ||
      (i === words.length - 1 && atTheEnd.has(word)) ||
      (i > 0 && pairs.has(`${words[i - 1]} ${word}`)),
  );
}

/** Attributes that hold a URL or the query part of one. */
const urlKeys = new Set([
  'url.full',
  'url.query',
  'url.original',
  'http.url',
  'http.target',
  'http.request.header.referer',
  'http.request.header.location',
  'http.response.header.location',
]);

/** True when `redactUrl` should look at the values of this attribute. */
export function isUrlKey(key: string): boolean {
  return urlKeys.has(key);
}

const sensitiveParameters = new Set([
  'token',
  'accesstoken',
  'refreshtoken',
  'idtoken',
  'authtoken',
  'key',
  'apikey',
  'sig',
  'signature',
  'password',
  'passwd',
  'pwd',
  'pass',
  'code',
  'secret',
  'clientsecret',
  'auth',
  'authorization',
  'jwt',
  'session',
  'sessionid',
  'sid',
  'otp',
  'credential',
  'credentials',
  'email',
  'awsaccesskeyid',
  'xamzsignature',
  'xamzcredential',
  'xamzsecuritytoken',
  'xgoogsignature',
  'xgoogcredential',
  'sharedaccesssignature',
]);

/**
 * Replaces the values of sensitive query parameters and the user and password of a URL by `REDACTED`; the names stay, as OpenTelemetry's conventions
 * ask (https://opentelemetry.io/docs/specs/semconv/registry/attributes/url/). `isQuery`: the text is a query without its `?`.
 */
export function redactUrl(text: string, isQuery: boolean): string {
  const queryAt = isQuery && !text.startsWith('?') ? 0 : text.indexOf('?') + 1;
  if (queryAt === 0 && !isQuery) return withoutUser(text);
  const fragmentAt = text.indexOf('#', queryAt);
  const query = text.slice(queryAt, fragmentAt === -1 ? undefined : fragmentAt);
  const clean = query
    .split(/(?=[&;])/)
    .map(redactParameter)
    .join('');
  return withoutUser(text.slice(0, queryAt)) + clean + (fragmentAt === -1 ? '' : text.slice(fragmentAt));
}

/** `part` is `name=value`, or `&name=value`; a part without a value stays. */
function redactParameter(part: string): string {
  const equalsAt = part.indexOf('=');
  if (equalsAt === -1 || equalsAt === part.length - 1) return part;
  const name = part.slice(/^[&;]/.test(part) ? 1 : 0, equalsAt);
  return isSensitiveParameter(name) ? `${part.slice(0, equalsAt)}=REDACTED` : part;
}

function withoutUser(head: string): string {
  return head.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@?#]*@/i, '$1REDACTED:REDACTED@');
}

function isSensitiveParameter(name: string): boolean {
  const plain = /%/.test(name) ? decoded(name) : name;
  return sensitiveParameters.has(plain.toLowerCase().replace(/[^a-z0-9]/g, '')) || isSecretKey(plain);
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
