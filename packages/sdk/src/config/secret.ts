import { util } from '../core/node-modules.js';

const hidden = '[secret]';

/** A key or a token. Whoever prints, inspects or serialises it gets `[secret]`; `reveal` is called where it is put on the wire, and nowhere else. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return hidden;
  }

  toJSON(): string {
    return hidden;
  }

  [util.inspect.custom](): string {
    return hidden;
  }
}
