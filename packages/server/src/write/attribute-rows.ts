import type { MapValues, StringValues, TextValues } from '../store/native/column.js';
import { TextColumn } from './text-column.js';
import type { Attribute } from './value-text.js';
import type { Words } from './words.js';

/** The columns `attrs` and `attr_types` of tables with few rows, from attributes that are already text. */
export class AttributeRows {
  private readonly ends: bigint[] = [];
  private readonly keys: number[] = [];
  private readonly values = new TextColumn();
  private readonly typeWords: number[] = [];
  private readonly words: Words;

  constructor(words: Words) {
    this.words = words;
  }

  add(attributes: readonly Attribute[]): void {
    for (const { key, text } of attributes) {
      this.keys.push(this.words.ofText(key));
      this.values.putText(text);
    }
    this.ends.push(BigInt(this.keys.length));
    this.typeWords.push(this.words.ofText(attributes.map(({ type }) => type).join('')));
  }

  map(): MapValues<TextValues, StringValues> {
    return {
      ends: BigUint64Array.from(this.ends),
      keys: { texts: this.words.texts, indexes: Int32Array.from(this.keys) },
      values: this.values,
    };
  }

  types(): TextValues {
    return { texts: this.words.texts, indexes: Int32Array.from(this.typeWords) };
  }
}
