import { otlpRequest } from '../export/request.js';
import type { RequestsOf } from '../export/post.js';
import type { Destination } from './destination.js';

/** How batches become what a destination speaks. */
export interface Requests {
  readonly of: RequestsOf;
  close(): void;
}

export function requestsFor(destination: Destination): Requests {
  return { of: batch => [otlpRequest(destination, batch)], close: () => {} };
}
