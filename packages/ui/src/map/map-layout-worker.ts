import { mapLayout, type LayoutAsked, type MapLayout } from './map-layout.js';

/** What goes to the worker and what comes back, told apart by `key`. */
export type LayoutRequest = LayoutAsked & { readonly key: string };
export type LayoutReply = { readonly key: string; readonly layout: MapLayout };

addEventListener('message', (event: MessageEvent<LayoutRequest>) => {
  const { key, nodes, edges } = event.data;
  postMessage({ key, layout: mapLayout({ nodes, edges }) } satisfies LayoutReply);
});
