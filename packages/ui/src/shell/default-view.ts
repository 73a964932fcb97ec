import type { SavedView } from '@bellwether/model';
import { useQuery } from '@tanstack/react-query';
import { fetchViews } from '../api-client.js';
import { carriedParams, parseSearch, type SearchParams } from '../search-params.js';

const staleMs = 60_000;

/** What a page is opened with from the navigation, by its path: the filters of the view that is its default. The time range and the environment stay those of the application. */
export function usePageDefaults(): (path: string) => SearchParams {
  const { data } = useQuery({ queryKey: ['views'], queryFn: ({ signal }) => fetchViews(signal), staleTime: staleMs });
  return path => defaultSearch(data?.views ?? [], path);
}

/** The same for views that are known. */
export function defaultSearch(views: readonly SavedView[], path: string): SearchParams {
  const address = views.find(view => view.isDefault && pageOf(view.address) === path)?.address;
  if (address === undefined) return {};
  const carried: ReadonlySet<string> = new Set(carriedParams);
  const all = parseSearch(address.slice(path.length).replace(/#.*$/, ''));
  return Object.fromEntries(Object.entries(all).filter(([key]) => !carried.has(key)));
}

/** The page of a view, without its filters. */
export const pageOf = (address: string): string => address.replace(/[?#].*$/, '');
