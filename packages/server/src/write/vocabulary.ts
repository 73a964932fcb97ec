import { createHash } from 'node:crypto';
import { WireReader } from '../decode/wire-reader.js';
import type { Scrubber } from '../enrich/scrub/scrubber.js';
import { serviceIdentity } from '../enrich/service-identity.js';
import { ByteDictionary } from './byte-dictionary.js';
import { KnownErrors } from './known-errors.js';
import { KnownNames } from './known-names.js';
import { KnownStatements } from './known-statements.js';
import { attributesOf, type Attribute } from './value-text.js';
import { Words } from './words.js';

/** A resource as rows need it. `idLow` and `idHigh` are the halves of its 64-bit id. */
export interface KnownResource {
  readonly workspace: number;
  readonly idLow: number;
  readonly idHigh: number;
  /** These four are words. */
  readonly service: number;
  readonly version: number;
  readonly environment: number;
  readonly tenantId: number;
  readonly attributes: readonly Attribute[];
  /** The day (since 1970) for which its row was last written. */
  writtenDay: number;
}

export interface KnownScope {
  /** These two are words. */
  readonly name: number;
  readonly version: number;
  /** Named `otel.scope.<key>`; rows carry them among their own. */
  readonly attributes: readonly Attribute[];
}

/** Beyond either everything is learnt anew from the next block on. */
const maxMessages = 100_000;
const maxBytes = 16 * 1024 * 1024;

/**
 * Everything that is worked out once and then recognised by its bytes: words, resources, scopes. Only a cache: what is written does not depend on
 * what is in it, but for repeated rows of `resources` and `metric_series`, which the engine replaces.
 */
export class Vocabulary {
  readonly words: Words;
  readonly names: KnownNames;
  readonly statements: KnownStatements;
  readonly errors = new KnownErrors();
  private readonly messages = new ByteDictionary();
  private readonly resources = new Map<number, KnownResource>();
  private readonly scopes = new Map<number, KnownScope>();

  constructor(scrubber: Scrubber) {
    this.words = new Words(scrubber);
    this.names = new KnownNames(this.words);
    this.statements = new KnownStatements(this.words);
  }

  get isFull(): boolean {
    return this.words.isFull || this.messages.count > maxMessages || this.messages.usedBytes > maxBytes;
  }

  /** The resource whose message is at `at`; `workspace` is a word. */
  resource(workspace: number, body: Uint8Array, at: number, length: number): KnownResource {
    const key = this.messages.id(body, at, length) * 0x100_0000 + workspace;
    const known = this.resources.get(key);
    if (known !== undefined) return known;
    const attributes = attributesOf(body, at, at + length, 10, this.words.scrubber);
    const identity = serviceIdentity(new Map(attributes.map(({ key, text }) => [key, text])));
    const [idLow, idHigh] = hash64(attributes, []);
    const { words } = this;
    const resource: KnownResource = {
      workspace,
      idLow,
      idHigh,
      service: words.ofText(identity.service),
      version: words.ofText(identity.version),
      environment: words.ofText(identity.environment),
      tenantId: words.ofText(identity.tenantId),
      attributes,
      writtenDay: -1,
    };
    this.resources.set(key, resource);
    return resource;
  }

  /** The scope whose message is at `at`. */
  scope(body: Uint8Array, at: number, length: number): KnownScope {
    const id = this.messages.id(body, at, length);
    const known = this.scopes.get(id);
    if (known !== undefined) return known;
    const scope = readScope(this.words, body, at, at + length);
    this.scopes.set(id, scope);
    return scope;
  }
}

/** What the scopes' attributes may take in all rows of one request. Each row has them, so a request of 1 MB could ask for gigabytes. */
const maxScopeBytes = 32 << 20;

/** The scope with as many of its attributes as all `rows` of a request can carry: all of them, but for requests that nobody sends by chance. */
export function fittingScope(scope: KnownScope, rows: number): KnownScope {
  let bytes = 0;
  const attributes = scope.attributes.filter(({ key, text }) => {
    bytes += key.length + text.length;
    return bytes * rows <= maxScopeBytes;
  });
  return attributes.length === scope.attributes.length ? scope : { ...scope, attributes };
}

/** Low and high half of a 64-bit hash of attributes in whatever order, after the texts of `before`. The same on every machine. */
export function hash64(
  attributes: readonly Attribute[],
  before: readonly string[],
): readonly [low: number, high: number] {
  const sorted = [...attributes].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const text = JSON.stringify([...before, ...sorted.flatMap(({ key, type, text }) => [key, type, text])]);
  const digest = createHash('sha256').update(text).digest();
  return [digest.readUInt32LE(0), digest.readUInt32LE(4)];
}

function readScope(words: Words, body: Uint8Array, at: number, end: number): KnownScope {
  const wire = new WireReader(body);
  wire.at = at;
  let name = 0;
  let version = 0;
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag !== 10 && tag !== 18) {
      wire.skip(tag, 0, end);
      continue;
    }
    const length = wire.length(end);
    const word = words.of(body, wire.at, length);
    if (tag === 10) name = word;
    else version = word;
    wire.at += length;
  }
  return {
    name,
    version,
    attributes: attributesOf(body, at, end, 26, words.scrubber).map(attribute => ({
      ...attribute,
      key: `otel.scope.${attribute.key}`,
    })),
  };
}
