import { quoted } from '../parse/quoting.js';
import type { Labels } from './labels.js';

/** Names that stand in braces without quotes. */
const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Labels as messages show them: `{a="b", __name__="c"}`. */
export function labelsText(labels: Labels): string {
  const parts: string[] = [];
  for (let at = 0; at < labels.length; at += 2) {
    const name = labels[at] ?? '';
    parts.push(`${plainName.test(name) ? name : quoted(name)}=${quoted(labels[at + 1] ?? '')}`);
  }
  return `{${parts.join(', ')}}`;
}
