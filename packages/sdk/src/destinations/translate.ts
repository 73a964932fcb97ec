import type { Signal } from '../export/batch.js';
import { datadogTraces } from './datadog-traces.js';
import type { Form } from './destination.js';
import { sentryEvents, sentrySpans } from './sentry-envelope.js';

/** A request's own part: what stands in front of it (address, keys) is the destination's. */
export interface Translated {
  readonly method: 'POST' | 'PUT';
  /** Behind the destination's address. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** An OTLP body in another form. It takes time in proportion to the body, so it runs in a thread of its own. */
export function translate(
  form: Exclude<Form, 'otlp'>,
  signal: Signal,
  body: Buffer,
  publicKey = '',
): readonly Translated[] {
  switch (form) {
    case 'datadog-agent': {
      if (signal !== 'traces') return [];
      const { body: packed, traces } = datadogTraces(body);
      return [
        {
          method: 'PUT',
          path: '/v0.4/traces',
          headers: {
            'content-type': 'application/msgpack',
            'datadog-meta-lang': 'nodejs',
            'x-datadog-trace-count': String(traces),
          },
          body: packed,
        },
      ];
    }
    case 'sentry': {
      const bodies =
        signal === 'traces' ? sentrySpans(body, publicKey) : signal === 'logs' ? sentryEvents(body, publicKey) : [];
      return bodies.map(envelope => ({
        method: 'POST',
        path: '',
        headers: { 'content-type': 'application/x-sentry-envelope' },
        body: envelope,
      }));
    }
  }
}
