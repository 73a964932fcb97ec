import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

/** What is done with things of a list: one act at a time. */
export type Acts<Act> = {
  /** Resolves with whether it was done; a failure stands in `failure`. */
  act(acts: Act): Promise<boolean>;
  readonly isBusy: boolean;
  readonly failure: string | undefined;
};

/** `send` does it; the queries whose keys begin with one of `shownBy` ask again afterwards. */
export function useActsOf<Act>(send: (acts: Act) => Promise<unknown>, shownBy: readonly string[]): Acts<Act> {
  const queries = useQueryClient();
  const [failure, setFailure] = useState<string | undefined>(undefined);
  const [isBusy, setBusy] = useState(false);
  return {
    isBusy,
    failure,
    async act(acts) {
      setBusy(true);
      setFailure(undefined);
      try {
        await send(acts);
        await Promise.all(shownBy.map(key => queries.invalidateQueries({ queryKey: [key] })));
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
