import { mapLayout, type LayoutAsked } from './map-layout.js';

/** What goes to the worker and what comes back, told apart by `key`. */
export type LayoutRequest = LayoutAsked & { readonly key: string };
export type LayoutReply = { readonly key: string; readonly places: ReturnType<typeof mapLayout> };

addEventListener('message', (event: MessageEvent<LayoutRequest>) => {
  const { key, nodes, edges } = event.data;
  postMessage({ key, places: mapLayout({ nodes, edges }) } satisfies LayoutReply);
});
