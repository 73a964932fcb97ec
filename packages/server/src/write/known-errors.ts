import { ByteDictionary } from './byte-dictionary.js';
import { errorFingerprint, type Fingerprint, type SeenError } from '../enrich/error/error-fingerprint.js';

const maxErrors = 5000;
const maxChars = 16 * 1024 * 1024;

/** Longer texts are not recognised by their bytes. */
const longestKept = 32 * 1024;

/** Fingerprints of errors, worked out once per different error. Only a cache. */
export class KnownErrors {
  private fingerprints = new Map<string, Fingerprint>();
  private chars = 0;
  private bytes = new ByteDictionary();
  private byBytes = new Map<number, Fingerprint>();

  /**
   * As `of`, for an error that is told by the stack trace (or else the message) at `at` and its type, a word; `read` reads it when it is new. In a
   * storm of errors each costs a look-up.
   */
  ofBytes(
    type: number,
    isStacktrace: boolean,
    body: Uint8Array,
    at: number,
    length: number,
    read: () => SeenError,
  ): Fingerprint {
    if (length > longestKept) return this.of(read());
    if (this.bytes.count > maxErrors || this.bytes.usedBytes > maxChars) {
      this.bytes = new ByteDictionary();
      this.byBytes = new Map();
    }
    const key = (this.bytes.id(body, at, length) * 0x100_0000 + type) * 2 + (isStacktrace ? 1 : 0);
    let known = this.byBytes.get(key);
    if (known === undefined) this.byBytes.set(key, (known = this.of(read())));
    return known;
  }

  of(error: SeenError): Fingerprint {
    const key = error.stacktrace === '' ? `m${error.type}\n${error.message}` : `s${error.type}\n${error.stacktrace}`;
    const known = this.fingerprints.get(key);
    if (known !== undefined) return known;
    if (this.fingerprints.size >= maxErrors || this.chars > maxChars) {
      this.fingerprints = new Map();
      this.chars = 0;
    }
    const fingerprint = errorFingerprint(error);
    this.fingerprints.set(key, fingerprint);
    this.chars += key.length;
    return fingerprint;
  }
}
