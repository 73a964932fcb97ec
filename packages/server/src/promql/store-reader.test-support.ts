import { scopeOf, type Store } from '../store/store.js';
import type { Reader } from './reader.js';

/** The store as a worker sees it, without the worker. */
export function storeReader(store: Store, workspace: string, version = 0): Reader & { readonly statements: string[] } {
  const statements: string[] = [];
  return {
    workspace,
    version,
    statements,
    read({ sql, params, format }) {
      statements.push(sql);
      return store.queryBytes(sql, format, { scope: scopeOf(workspace), params });
    },
  };
}
