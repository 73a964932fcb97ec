import type { Attribute } from '@bellwether/model';

const typeNames: Readonly<Record<string, Attribute['type']>> = {
  s: 'string',
  i: 'int',
  d: 'double',
  b: 'bool',
  y: 'bytes',
  a: 'array',
  m: 'map',
  e: 'empty',
};

/** Attributes as a table keeps them: pairs in the order they were sent, and one character per attribute for its type. */
export function readAttributes(pairs: readonly (readonly [key: string, value: string])[], types: string): Attribute[] {
  return pairs.map(([key, value], i) => ({ key, value, type: typeNames[types.charAt(i)] ?? 'string' }));
}
