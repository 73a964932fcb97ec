import type { StatementShape } from './statement-shape.js';

/** Commands whose first argument is another word of the command. */
const twoWords = new Set(
  'acl client cluster command config debug function latency memory module object pubsub script slowlog xgroup xinfo'.split(
    ' ',
  ),
);

/** Commands whose first argument is no key. */
const keyless = new Set(
  `auth hello echo eval evalsha eval_ro evalsha_ro fcall fcall_ro keys scan ping publish spublish subscribe psubscribe select wait xread xreadgroup
  mget_ro migrate replicaof slaveof psync swapdb info multi exec discard dbsize flushall flushdb time quit`.split(
    /\s+/,
  ),
);

const maxCommands = 16;

/**
 * Redis commands, one a line: the command's name and the pattern of its key stay, all arguments become one `?`. `SET user:8812:cart … EX 60` is
 * `SET user:*:cart ?`.
 */
export function redisCommandShape(text: string): StatementShape {
  const lines = text
    .slice(0, 16_384)
    .split(/\r?\n|;\s*(?=[A-Z]{3,})/)
    .map(line => line.trim())
    .filter(line => line !== '');
  const shapes = lines.slice(0, maxCommands).map(shapeOf);
  const [first = { text: '', operation: '' }] = shapes;
  const distinct = [...new Set(shapes.map(shape => shape.text))];
  const operation = lines.length > 1 && first.operation !== 'MULTI' ? 'PIPELINE' : first.operation;
  return {
    text: distinct.join('\n') + (lines.length > maxCommands ? '\n…' : ''),
    operation,
    collection: '',
    summary: (operation === 'PIPELINE' || operation === 'MULTI'
      ? [operation, ...new Set(shapes.map(shape => shape.operation).filter(name => name !== 'MULTI'))].join(' ')
      : first.text.replace(/ \?$/, '')
    ).slice(0, 255),
  };
}

function shapeOf(line: string): { readonly text: string; readonly operation: string } {
  const command = /^[A-Za-z][A-Za-z._]{0,39}(?=\s|$)/.exec(line)?.[0];
  if (command === undefined) return { text: '?', operation: '' };
  let operation = command.toUpperCase();
  let rest = line.slice(command.length).trimStart();
  if (twoWords.has(command.toLowerCase())) {
    const second = /^[A-Za-z-]{1,20}(?=\s|$)/.exec(rest)?.[0] ?? '';
    operation = second === '' ? operation : `${operation} ${second.toUpperCase()}`;
    rest = rest.slice(second.length).trimStart();
    return { text: rest === '' ? operation : `${operation} ?`, operation };
  }
  if (rest === '') return { text: operation, operation };
  if (keyless.has(command.toLowerCase())) return { text: `${operation} ?`, operation };
  const quote = rest.charAt(0);
  const keyEnd = quote === '"' || quote === "'" ? rest.indexOf(quote, 1) : rest.search(/\s|$/);
  // A key that is not closed may be followed by anything.
  if (keyEnd === -1) return { text: `${operation} ?`, operation };
  const isQuoted = quote === '"' || quote === "'";
  const key = keyPattern(rest.slice(isQuoted ? 1 : 0, keyEnd));
  const hasMore = rest.slice(isQuoted ? keyEnd + 1 : keyEnd).trim() !== '';
  return { text: `${operation} ${key}${hasMore ? ' ?' : ''}`, operation };
}

const longestPatternChars = 120;

/** A part of a key that is plainly a name: letters, at most 24. */
const name = /^[a-z][a-z_]{0,23}$/i;

/** The shape of a key: `user:8812:cart` is `user:*:cart`. A key without parts stays only when it looks like a name. */
export function keyPattern(key: string): string {
  const parts = key.slice(0, 500).split(/([:/|.\-{}]+)/);
  const shaped = parts.map((part, index) => {
    if (index % 2 === 1 || part === '' || part === '?' || part === '*') return part;
    if (name.test(part) && !looksRandom(part)) return part;
    return index === 0 && parts.length > 1 && /^[a-z]+\d{1,2}$/i.test(part) ? part : '*';
  });
  return shaped
    .join('')
    .replace(/\*(?:[-.]\*)+/g, '*')
    .slice(0, longestPatternChars);
}

/** Upper and lower case by turns: a token, not a name. */
function looksRandom(part: string): boolean {
  if (part.length < 12) return false;
  let turns = 0;
  for (let i = 1; i < part.length; i++) if (/[A-Z]/.test(part.charAt(i)) !== /[A-Z]/.test(part.charAt(i - 1))) turns++;
  return turns > 4;
}
