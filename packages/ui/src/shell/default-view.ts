import type { SavedView } from '@bellwether/model';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { fetchViews } from '../api-client.js';
import { carriedParams, parseSearch, type SearchParams } from '../search-params.js';
import type { Entry } from './nav.js';

const asked = { queryKey: ['views'], queryFn: () => fetchViews(new AbortController().signal), staleTime: 60_000 };
/** Nobody waits longer for a page than this because its default is not known. */
const mostWaitMs = 500;

/** Opens pages of the navigation, each with the view that is its default. Views are asked for when they are about to be needed, not by every page. */
export function useOpenPage(): { open(path: Entry['to']): void; prepare(): void } {
  const client = useQueryClient();
  const navigate = useNavigate();
  return {
    prepare: () => void client.prefetchQuery(asked),
    open(path) {
      const known = client.fetchQuery(asked).then(
        ({ views }) => views,
        () => [],
      );
      const late = new Promise<readonly SavedView[]>(resolve => setTimeout(() => resolve([]), mostWaitMs));
      void Promise.race([known, late]).then(views => navigate({ to: path, search: defaultSearch(views, path) }));
    },
  };
}

/** What a page is opened with: the filters of the view that is its default. The time range and the environment stay those of the application. */
export function defaultSearch(views: readonly SavedView[], path: string): SearchParams {
  const address = views.find(view => view.isDefault && pageOf(view.address) === path)?.address;
  if (address === undefined) return {};
  const carried: ReadonlySet<string> = new Set(carriedParams);
  const all = parseSearch(address.slice(path.length).replace(/#.*$/, ''));
  return Object.fromEntries(Object.entries(all).filter(([key]) => !carried.has(key)));
}

/** The page of a view, without its filters. */
export const pageOf = (address: string): string => address.replace(/[?#].*$/, '');
