import { valueKind, attributeWidth } from '../decode/attributes.js';
import { slot } from '../enrich/attribute-roles.js';
import type { AttributeColumns } from './attribute-columns.js';
import { valueText } from './value-text.js';
import type { Words } from './words.js';

const redis = Buffer.from('redis');
const scratch = new Uint8Array(512);

/**
 * What the client or producer span added last called, or what the consumer took from, as a word: `postgresql orders`, `kafka invoices`, the peer's service name, or `payments:8080`;
 * '' when it does not say. Newer attribute names win over older ones. Built from bytes, so that a known peer costs no string.
 */
export function peerWord(attributes: AttributeColumns, words: Words, body: Uint8Array, columns: Int32Array): number {
  const at = attributes.slotAt;
  const first = (newer: number, older: number): number => (at[newer]! >= 0 ? at[newer]! : at[older]!);
  const dbSystem = first(slot.dbSystem, slot.oldDbSystem);
  if (dbSystem >= 0) {
    const namespace = isRedis(body, columns, dbSystem) ? -1 : first(slot.dbNamespace, slot.oldDbNamespace);
    return joined(words, body, columns, dbSystem, ' ', namespace);
  }
  const messagingSystem = at[slot.messagingSystem]!;
  if (messagingSystem >= 0) {
    return joined(
      words,
      body,
      columns,
      messagingSystem,
      ' ',
      first(slot.messagingDestination, slot.oldMessagingDestination),
    );
  }
  const service = first(slot.peerService, slot.oldPeerService);
  if (service >= 0) return joined(words, body, columns, service, '', -1);
  const address = first(slot.serverAddress, slot.oldServerAddress);
  if (address >= 0) return joined(words, body, columns, address, ':', first(slot.serverPort, slot.oldServerPort));
  return 0;
}

/** The namespace of a Redis client is only the number of a database. */
function isRedis(body: Uint8Array, columns: Int32Array, index: number): boolean {
  const at = index * attributeWidth;
  const from = columns[at + 2]!;
  return columns[at + 3] === redis.length && redis.every((byte, i) => body[from + i] === byte);
}

function joined(
  words: Words,
  body: Uint8Array,
  columns: Int32Array,
  index: number,
  between: string,
  second: number,
): number {
  let length = append(words, body, columns, index, 0);
  if (second >= 0) {
    const secondAt = append(words, body, columns, second, length + 1);
    if (secondAt > length + 1) {
      scratch[length] = between.charCodeAt(0);
      length = secondAt;
    }
  }
  return words.clean(words.of(scratch, 0, length));
}

/** Copies up to 255 bytes of the attribute's text to `to` and returns where it ends. */
function append(words: Words, body: Uint8Array, columns: Int32Array, index: number, to: number): number {
  const at = index * attributeWidth;
  const kind = columns[at + 1]! & 7;
  const text =
    kind === valueKind.string
      ? body
      : Buffer.from(valueText(body, kind, columns[at + 2]!, columns[at + 3]!, words.scrubber));
  const from = kind === valueKind.string ? columns[at + 2]! : 0;
  const length = Math.min(kind === valueKind.string ? columns[at + 3]! : text.length, 255);
  for (let i = 0; i < length; i++) scratch[to + i] = text[from + i]!;
  return to + length;
}
