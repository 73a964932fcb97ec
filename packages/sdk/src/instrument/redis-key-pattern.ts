/** Commands whose first argument is no key. */
const keyless = new Set([
  'acl',
  'bgrewriteaof',
  'bgsave',
  'client',
  'cluster',
  'command',
  'config',
  'dbsize',
  'debug',
  'discard',
  'echo',
  'eval',
  'evalsha',
  'evalsha_ro',
  'eval_ro',
  'exec',
  'fcall',
  'fcall_ro',
  'flushall',
  'flushdb',
  'function',
  'hello',
  'info',
  'keys',
  'lastsave',
  'latency',
  'memory',
  'monitor',
  'multi',
  'object',
  'ping',
  'publish',
  'pubsub',
  'quit',
  'randomkey',
  'scan',
  'script',
  'select',
  'slowlog',
  'spublish',
  'swapdb',
  'time',
  'unwatch',
  'wait',
  'xgroup',
  'xinfo',
  'xread',
  'xreadgroup',
]);

export function takesKey(command: string): boolean {
  return !keyless.has(command);
}

const longestPatternChars = 120;

/** A part of a key that is plainly a name: lower-case words, at most 24 characters, no digits. */
const name = /^[a-z][a-z_]{0,23}$/i;

/**
 * The shape of a key: `user:8812:cart` is `user:*:cart`. The first part of a key with separators is kept when it has no digit in a row of ids; of the others
 * only those that look like names. Keys without a separator are kept only when they look like names. A key itself is never told.
 */
export function keyPattern(key: string): string {
  const parts = key.slice(0, 500).split(/([:/|.\-{}]+)/);
  const shaped = parts.map((part, index) => {
    if (index % 2 === 1 || part === '') return part;
    if (name.test(part) && !looksRandom(part)) return part;
    // `v2`, `cache1`: a name with a short number.
    return index === 0 && parts.length > 1 && /^[a-z]+\d{1,2}$/i.test(part) ? part : '*';
  });
  // `*-*-*` (a UUID) is one unknown.
  return shaped
    .join('')
    .replace(/\*(?:[-.]\*)+/g, '*')
    .slice(0, longestPatternChars);
}

/** Hex digests without digits are rare, long mixed-case tokens are not. */
function looksRandom(part: string): boolean {
  return (
    part.length >= 12 &&
    /[a-z]/.test(part) &&
    /[A-Z]/.test(part) &&
    /[A-Z]{2}|[a-z][A-Z].*[a-z][A-Z].*[a-z][A-Z]/.test(part)
  );
}
