import { createHash, timingSafeEqual } from 'node:crypto';
import { BadInput } from '../../base/bad-input.js';
import { MsgpackReader } from '../msgpack.js';

/**
 * The forward protocol's handshake (https://github.com/fluent/fluentd/wiki/Forward-Protocol-Specification-v1#handshake-messages), by which both sides show that they
 * know a shared key without sending it:
 *
 *     server  ["HELO", {nonce, auth, keepalive}]
 *     client  ["PING", its host, salt, SHA-512 of salt + its host + nonce + key, user, password]
 *     server  ["PONG", may it send?, why not, our host, SHA-512 of salt + our host + nonce + key]
 */
export function helo(nonce: string): Buffer {
  return Buffer.concat([
    Buffer.of(0x92),
    text('HELO'),
    Buffer.of(0x83),
    text('nonce'),
    text(nonce),
    text('auth'),
    text(''),
    text('keepalive'),
    Buffer.of(0xc3),
  ]);
}

export interface Ping {
  readonly host: string;
  readonly salt: Uint8Array;
  readonly digest: string;
}

/** Throws `BadInput` when the message is no PING. */
export function readPing(bytes: Uint8Array): Ping {
  const reader = new MsgpackReader(bytes);
  if (reader.array() !== 6 || reader.string() !== 'PING')
    throw new BadInput('a shared key is asked for here, and the sender does not begin with its PING; set shared_key');
  return { host: reader.string(), salt: Buffer.from(reader.bytes()), digest: reader.string() };
}

/** Does the client know the key? */
export function isKnown({ host, salt, digest }: Ping, nonce: string, key: string): boolean {
  const expected = Buffer.from(digestOf(salt, host, nonce, key));
  const given = Buffer.from(digest);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

export function pong({ salt }: Ping, ownHost: string, nonce: string, key: string): Buffer {
  return Buffer.concat([
    Buffer.of(0x95),
    text('PONG'),
    Buffer.of(0xc3),
    text(''),
    text(ownHost),
    text(digestOf(salt, ownHost, nonce, key)),
  ]);
}

export function refusingPong(why: string): Buffer {
  return Buffer.concat([Buffer.of(0x95), text('PONG'), Buffer.of(0xc2), text(why), text(''), text('')]);
}

/** What a client that asked for it with `chunk` hears when its events are kept. */
export function ack(chunk: string): Buffer {
  return Buffer.concat([Buffer.of(0x81), text('ack'), text(chunk)]);
}

function digestOf(salt: Uint8Array, host: string, nonce: string, key: string): string {
  return createHash('sha512').update(salt).update(host).update(nonce).update(key).digest('hex');
}

/** MessagePack's `str 16`, or `str 8` where that is enough. */
function text(value: string): Buffer {
  const bytes = Buffer.from(value).subarray(0, 65_535);
  const head =
    bytes.length < 256 ? Buffer.of(0xd9, bytes.length) : Buffer.of(0xda, bytes.length >> 8, bytes.length & 255);
  return Buffer.concat([head, bytes]);
}
