import { scopeOf, type Store } from '../store/store.js';
import type { Reader } from './reader.js';

/** The store as a worker sees it, without the worker. */
export function storeReader(store: Store, workspace: string, version = 0): Reader & { readonly statements: string[] } {
  const statements: string[] = [];
  return {
    workspace,
    version,
    statements,
    read({ sql, params }) {
      statements.push(sql);
      return store.queryBytes(sql, { scope: scopeOf(workspace), params });
    },
    async readBlocks({ sql, params }, onBlock) {
      statements.push(sql);
      await store.queryBlocks(sql, onBlock, { scope: scopeOf(workspace), params });
    },
  };
}
