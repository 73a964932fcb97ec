import type { RequestsOf } from '../export/post.js';
import { otlpRequest, ownHeaders, translatedRequest } from '../export/request.js';
import type { Destination } from './destination.js';
import { Translations } from './translations.js';

/** How batches become what a destination speaks. */
export interface Requests {
  readonly of: RequestsOf;
  close(): void;
}

export function requestsFor(destination: Destination): Requests {
  const { form } = destination;
  const base = destination.url.href;
  const headers = ownHeaders(destination);
  if (form === 'otlp') return { of: ({ signal, body }) => [otlpRequest(base, headers, signal, body)], close: () => {} };
  const translations = new Translations(form, destination.publicKey?.reveal());
  return {
    async of({ signal, body }) {
      const parts = await translations.translate(signal, body);
      return parts.map(part => translatedRequest(base, headers, part));
    },
    close: () => translations.close(),
  };
}
