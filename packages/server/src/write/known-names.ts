import { pathlessName } from '../enrich/route/path-template.js';
import { statementName } from '../enrich/statement/statement-name.js';
import type { Words } from './words.js';

/** Names of spans as they are stored, worked out once per different name. Only a cache; it lives as long as its words. */
export class KnownNames {
  /** By word: the word it is stored as, plus 1. */
  private stored = new Int32Array(1024);
  private readonly words: Words;

  constructor(words: Words) {
    this.words = words;
  }

  /** The word that stands for a name which came as `word`. */
  of(word: number): number {
    const known = word < this.stored.length ? this.stored[word]! : 0;
    return known === 0 ? this.learn(word) : known - 1;
  }

  private learn(word: number): number {
    const name = this.words.text(word);
    const { scrubber } = this.words;
    const better = statementName(name) ?? pathlessName(name) ?? scrubber.free(name, scrubber.spanNameRole);
    const stored = better === name ? word : this.words.ofText(better);
    if (word >= this.stored.length) {
      const larger = new Int32Array(Math.max(word + 1, this.stored.length * 2));
      larger.set(this.stored);
      this.stored = larger;
    }
    this.stored[word] = stored + 1;
    return stored;
  }
}
