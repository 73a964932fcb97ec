import type { ErrorActs } from '@bellwether/model';
import { useActsOf, type Acts } from '../parts/use-acts.js';
import { actOnErrors } from './errors-client.js';

/** What is done with errors. */
export function useActs(): Acts<ErrorActs> & {
  actOn(ids: readonly string[], act: ErrorActs['act']): Promise<boolean>;
} {
  const acts = useActsOf(actOnErrors, ['error', 'errors', 'similar-errors']);
  return { ...acts, actOn: (ids, act) => acts.act({ ids: [...ids], act }) };
}
