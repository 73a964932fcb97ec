import { errorFingerprint, type Fingerprint, type SeenError } from '../enrich/error/error-fingerprint.js';

const maxErrors = 5000;
const maxChars = 16 * 1024 * 1024;

/** Fingerprints of errors, worked out once per different error. Only a cache. */
export class KnownErrors {
  private fingerprints = new Map<string, Fingerprint>();
  private chars = 0;

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
