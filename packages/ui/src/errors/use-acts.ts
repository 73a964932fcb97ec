import type { ErrorActs } from '@bellwether/model';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { actOnErrors } from './errors-client.js';

/** What is done with errors: one thing at a time; pages that show them ask again afterwards. */
export type Acts = {
  /** Resolves with whether it was done; a failure stands in `failure`. */
  act(ids: readonly string[], act: ErrorActs['act']): Promise<boolean>;
  readonly isBusy: boolean;
  readonly failure: string | undefined;
};

export function useActs(): Acts {
  const queries = useQueryClient();
  const [failure, setFailure] = useState<string | undefined>(undefined);
  const [isBusy, setBusy] = useState(false);
  return {
    isBusy,
    failure,
    async act(ids, act) {
      setBusy(true);
      setFailure(undefined);
      try {
        await actOnErrors({ ids: [...ids], act });
        await Promise.all([
          queries.invalidateQueries({ queryKey: ['error'] }),
          queries.invalidateQueries({ queryKey: ['errors'] }),
          queries.invalidateQueries({ queryKey: ['similar-errors'] }),
        ]);
        return true;
      } catch (reason) {
        setFailure(reason instanceof Error ? reason.message : String(reason));
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
}
