import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { fetchOverview } from '../api-client.js';
import { deployMarker } from '../charts/deploy-marker.js';
import type { Marker } from '../charts/plot.js';
import { usePageRange } from '../page-range.js';

/** When new versions of the service came, as on its own page; nothing for undefined, or for what is no service. */
export function useDeployMarkers(service: string | undefined): readonly Marker[] {
  const { params } = usePageRange();
  const overview = useQuery({
    queryKey: ['overview', service ?? '', params.from, params.to, params.env ?? '', 0, 0],
    queryFn: ({ signal }) => fetchOverview(service ?? '', { ...params, cmpFrom: undefined, cmpTo: undefined }, signal),
    enabled: service !== undefined,
    retry: false,
    meta: { quiet: true },
    placeholderData: before => (before?.service === service ? before : undefined),
  });
  const deploys = overview.data?.deploys;
  return useMemo(() => (deploys ?? []).map(deployMarker), [deploys]);
}
