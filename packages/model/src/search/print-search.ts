import type { FieldRef, Pattern, SearchNode, SearchSignal } from './ast.js';
import { resolveField } from './field-catalogue.js';

/** The query as text. What it prints means the same: `parseSearch(printSearch(node))` is `node` again, but for the places. */
export function printSearch(node: SearchNode, signal: SearchSignal): string {
  switch (node.kind) {
    case 'everything':
      return '';
    case 'and':
      return node.nodes
        .map(inner => (inner.kind === 'or' ? `(${printSearch(inner, signal)})` : printSearch(inner, signal)))
        .join(' ');
    case 'or':
      return node.nodes.map(inner => printSearch(inner, signal)).join(' OR ');
    case 'not': {
      const inner = printSearch(node.node, signal);
      return node.node.kind === 'text' ||
        node.node.kind === 'match' ||
        node.node.kind === 'compare' ||
        node.node.kind === 'has'
        ? `-${inner}`
        : `-(${inner})`;
    }
    case 'text':
      return printPattern(node.pattern);
    case 'has':
      return `has:${printKey(node.field, signal)}`;
    case 'match': {
      const values = node.patterns.map(printPattern);
      return `${printKey(node.field, signal)}:${values.length === 1 ? values.join('') : `(${values.join(' OR ')})`}`;
    }
    case 'compare':
      return `${printKey(node.field, signal)}${node.operator}${printPattern([node.text])}`;
  }
}

/** A key as it must be written to mean this field: an attribute that has the name of a built-in field is quoted. */
export function printKey(field: FieldRef, signal: SearchSignal): string {
  if (field.source === 'builtin') return field.key;
  // A resource attribute has no quoted form; the backslash keeps any character in the word.
  if (field.source === 'resource') return `resource.${escapeWord(field.key)}`;
  const plain = field.key !== 'has' && resolveField(signal, field.key, false).source === 'attribute';
  return plain && isSafeWord(field.key) ? field.key : quote(field.key);
}

function printPattern(pattern: Pattern): string {
  const [text] = pattern;
  if (pattern.length === 1) return isSafeWord(text) ? text : quote(text);
  return pattern.map(escapeWord).join('*').replace(/^-/, '\\-');
}

function isSafeWord(text: string): boolean {
  return (
    /^[\p{L}\p{N}_./@#$%&+~;'?{}|^[\]][\p{L}\p{N}_./@#$%&+~;'?{}|^[\]-]*$/u.test(text) && !/^(?:AND|OR|NOT)$/.test(text)
  );
}

function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}

function escapeWord(text: string): string {
  return text.replaceAll(/[\s()"\\*:<>=!,]/gu, '\\$&');
}
