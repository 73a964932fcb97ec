import type { Attributes } from '@opentelemetry/api';
import type { MetricKind, Point } from '../core/metrics.js';
import type { Recorder } from '../core/recorder.js';
import { noShared, scopes, withShared } from '../core/scope.js';

/** The figures of connections of one kind: how many are open, what goes over them, how they fail. */
export interface ConnectionFigures {
  readonly open: Point;
  readonly received: Point;
  readonly sent: Point;
  readonly errors: Point;
}

/** Figures of connections that carry messages, such as `websocket`, by attributes. A message is counted and has no span: there may be thousands a second. */
export class MessageConnections {
  readonly #recorder: Recorder;
  readonly #prefix: string;

  constructor(recorder: Recorder, prefix: string) {
    this.#recorder = recorder;
    this.#prefix = prefix;
  }

  /** Callers keep what they get. */
  figures(attributes: Attributes): ConnectionFigures {
    const point = (name: string, kind: MetricKind, unit: string, description: string, more: Attributes): Point =>
      this.#recorder.metrics
        .metric({ name: `${this.#prefix}.${name}`, kind, unit, description, scope: '@bellwether/node' })
        .point({ ...attributes, ...more });
    const messages = (direction: 'receive' | 'send'): Point =>
      point('messages', 'counter', '{message}', 'Messages over the connections', { 'network.io.direction': direction });
    return {
      open: point('connections', 'upDownCounter', '{connection}', 'Connections that are open', {}),
      received: messages('receive'),
      sent: messages('send'),
      errors: point('errors', 'counter', '{error}', 'Errors of connections', {}),
    };
  }
}

/** Calls what handles a message. What is said there about a tenant or a user stays with this message, and does not become the connection's. */
export function withOwnFacts<T>(handle: () => T): T {
  return scopes.run(withShared(scopes.getStore(), noShared()), handle);
}
