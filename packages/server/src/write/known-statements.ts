import { statementShape } from '../enrich/statement/statement.js';
import { ByteDictionary } from './byte-dictionary.js';
import type { Words } from './words.js';

/** A statement as rows need it. */
export interface KnownStatement {
  /** Without its values, in UTF-8. */
  readonly text: Uint8Array;
  readonly operation: string;
  readonly collection: string;
  readonly summary: string;
}

/** Beyond either everything is learnt anew. */
const maxStatements = 20_000;
const maxBytes = 8 * 1024 * 1024;

/** Longer ones are worked out each time; few clients send them. */
const longestKept = 32 * 1024;

/** Statements without their values, worked out once per different text. Only a cache. */
export class KnownStatements {
  private texts = new ByteDictionary();
  private shapes = new Map<number, KnownStatement>();
  private readonly words: Words;

  constructor(words: Words) {
    this.words = words;
  }

  /** The statement at `at`; `system`: the word of `db.system.name`, 0 when it is not known. */
  of(system: number, body: Uint8Array, at: number, length: number): KnownStatement {
    if (length > longestKept) return this.read(system, body, at, longestKept);
    if (this.texts.count > maxStatements || this.texts.usedBytes > maxBytes) {
      this.texts = new ByteDictionary();
      this.shapes = new Map();
    }
    const key = this.texts.id(body, at, length) * 0x100_0000 + system;
    let known = this.shapes.get(key);
    if (known === undefined) this.shapes.set(key, (known = this.read(system, body, at, length)));
    return known;
  }

  private read(system: number, body: Uint8Array, at: number, length: number): KnownStatement {
    const statement = Buffer.from(body.buffer, body.byteOffset + at, length).toString();
    const { text, operation, collection, summary } = statementShape(statement, this.words.text(system));
    return { text: Buffer.from(text), operation, collection, summary: operation === '' ? '' : summary };
  }
}
