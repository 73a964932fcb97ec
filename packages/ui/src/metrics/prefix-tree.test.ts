import fc from 'fast-check';
import { expect, test } from 'vitest';
import { prefixTree, type PrefixNode } from './prefix-tree.js';

function drawn(nodes: readonly PrefixNode<string>[], depth = 0): readonly string[] {
  return nodes.flatMap(({ prefix, children }) => [`${'  '.repeat(depth)}${prefix}`, ...drawn(children, depth + 1)]);
}

const names = [
  'go_gc',
  'go_mem',
  'go_threads',
  'http_client_a',
  'http_server_a',
  'http_server_b',
  'http_server_c',
  'up',
];

test('names are folded by their first words where enough share them', () => {
  expect(drawn(prefixTree(names, name => name))).toEqual([
    'go_',
    '  go_gc',
    '  go_mem',
    '  go_threads',
    'http_',
    '  http_client_a',
    '  http_server_',
    '    http_server_a',
    '    http_server_b',
    '    http_server_c',
    'up',
  ]);
});

function leaves(nodes: readonly PrefixNode<string>[]): readonly string[] {
  return nodes.flatMap(({ items, children }) => (children.length === 0 ? items : leaves(children)));
}

test('every name is a leaf once, whatever it looks like', () => {
  const word = fc.stringMatching(/^[a-c_.:]{0,12}$/);
  fc.assert(
    fc.property(fc.uniqueArray(word), given => {
      expect(leaves(prefixTree(given, name => name)).toSorted()).toEqual(given.toSorted());
    }),
  );
});
