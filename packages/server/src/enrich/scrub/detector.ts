import type { Trigger } from './trigger-scan.js';

/** A part of a text and what should stand there instead. */
export interface Found {
  readonly from: number;
  readonly to: number;
  readonly put: string;
}

/**
 * Recognises one kind of secret or personal data by its shape. `find` is called where one of the triggers ends (`at` is behind it) and looks around
 * there; it reads a bounded way back, and forward no further than what it takes or a bounded way, so that any text costs its length only.
 */
export interface Detector {
  /** In counters and in the configuration's reports. */
  readonly name: string;
  readonly triggers: readonly Trigger[];
  find(text: string, at: number): Found | undefined;
}

/** What stands for a secret. */
export const redacted = '[redacted]';

export const isDigit = (code: number): boolean => code >= 48 && code <= 57;

export const isLetter = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 65 && code <= 90);

export const isAlphanumeric = (code: number): boolean => isDigit(code) || isLetter(code);

export const isWordChar = (code: number): boolean => isAlphanumeric(code) || code === 95;

/** Behind the run of characters from `at` on for which `belongs` holds, at most `most` of them. */
export function runEnd(text: string, at: number, belongs: (code: number) => boolean, most = Infinity): number {
  const end = Math.min(text.length, at + most);
  let i = at;
  while (i < end && belongs(text.charCodeAt(i))) i++;
  return i;
}

/** The beginning of the run that ends before `at`, at most `most` characters back. */
export function runStart(text: string, at: number, belongs: (code: number) => boolean, most: number): number {
  const start = Math.max(0, at - most);
  let i = at;
  while (i > start && belongs(text.charCodeAt(i - 1))) i--;
  return i;
}
