import type { Protocol } from './protocol.js';

/** What something was meant for that came where it does not belong. */
export interface Meant {
  /** Whose sender it is; undefined when several have it. */
  readonly protocol?: Protocol;
  /** What came. */
  readonly what: string;
  /** What to change at the sender. */
  readonly remedy: string;
}

const otlpEndpoint =
  'Set OTEL_EXPORTER_OTLP_ENDPOINT to the bare address (http://127.0.0.1:4318): SDKs add /v1/traces, /v1/logs and /v1/metrics themselves. ' +
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT and its siblings are used as they are, and need the whole path';

/** Paths that senders use when their address has one part too many, too few, or is of another port. The first that fits counts. */
const paths: readonly (Meant & { readonly is: RegExp })[] = [
  {
    is: /^\/(?:v0\.\d\/(?:traces|stats|config)|telemetry\/proxy\/.*|profiling\/v1\/input|dogstatsd\/v2\/proxy|evp_proxy\/.*)$/,
    protocol: 'datadog',
    what: "a Datadog tracer's request",
    remedy:
      "Point DD_TRACE_AGENT_URL to the Datadog port (http://127.0.0.1:8126 unless set otherwise): it is the agent's API",
  },
  {
    is: /^\/api\/v[12]\/(?:series|logs|traces|distribution_points|check_run)$/,
    protocol: 'datadog',
    what: "a request for Datadog's own servers",
    remedy:
      "Only the agent's API is taken: point DD_TRACE_AGENT_URL to the Datadog port (http://127.0.0.1:8126 unless set otherwise)",
  },
  {
    is: /\/(?:envelope|store)\/?$/,
    protocol: 'sentry',
    what: "a Sentry SDK's request",
    remedy: 'Write the DSN as http://<key>@<host>:4318/<project>: a number right after the port, no other path',
  },
  {
    is: /\/loki\/|^\/(?:loki|push|api\/v1\/push\/loki)/,
    protocol: 'loki',
    what: "a Loki client's request",
    remedy:
      'Give the client http://<host>:4318/loki/api/v1/push (winston-loki adds the path itself: there, http://<host>:4318)',
  },
  {
    is: /\/(?:api\/v1\/receive|api\/prom\/write|prom(?:etheus)?\/(?:api\/v1\/)?write|remote[-_]?write|receive|write)\/?$/,
    protocol: 'prometheus/remote-write',
    what: "Prometheus' remote write",
    remedy: 'Write the url of remote_write as http://<host>:4318/api/v1/write',
  },
  {
    is: /\/(?:spans|api\/v2\/span|zipkin.*)\/?$/,
    protocol: 'zipkin',
    what: "a Zipkin reporter's request",
    remedy: 'Give the reporter http://<host>:4318/api/v2/spans',
  },
  {
    is: /\/v?\d*\/?(?:traces?|logs?|metrics?)\/?$/,
    protocol: 'otlp/http',
    what: 'an OTLP request',
    remedy: otlpEndpoint,
  },
  {
    is: /\/opentelemetry\.proto\.collector\./,
    protocol: 'otlp/grpc',
    what: 'a gRPC request',
    remedy: 'Send gRPC to the gRPC port (4317 unless set otherwise), or use http/protobuf',
  },
];

/** What a request was meant for whose path is not known. */
export function meantByPath(path: string): Meant | undefined {
  const plain = path
    .toLowerCase()
    .replaceAll(/\/{2,}/g, '/')
    .slice(0, 200);
  return paths.find(({ is }) => is.test(plain));
}

/** A POST to `/` on the ingest port. */
export const meantByPost: Meant = { what: 'a request without a path', remedy: otlpEndpoint };

/** What bytes were meant for that are not HTTP; looks at the first 512. */
export function meantByBytes(first: Uint8Array): Meant | undefined {
  const text = Buffer.from(first.buffer, first.byteOffset, Math.min(first.length, 512)).toString('latin1');
  if (/^[^\s:|]{1,200}:[^|\n]{1,100}\|(?:ms|[cghds])\b/.test(text) || /^_(?:e\{|sc\|)/.test(text))
    return {
      what: 'StatsD',
      remedy: 'Send StatsD to its own port (8125 unless set otherwise), over UDP or TCP',
    };
  if (/^(?:\d{1,6} )?<\d{1,3}>/.test(text))
    return {
      what: 'syslog',
      remedy: 'Send syslog to its own port (5514 unless set otherwise), over UDP or TCP',
    };
  const [kind = 0, next = 0] = first;
  // MessagePack: an array of two to four, whose first element is a tag, a short or a longer text.
  if (kind >= 0x92 && kind <= 0x94 && ((next >= 0xa0 && next <= 0xbf) || next === 0xd9))
    return {
      what: 'Fluentd’s forward protocol',
      remedy: 'Point the forward output to its own port (24224 unless set otherwise)',
    };
  return undefined;
}

/** A connection whose first bytes are a request of HTTP/1 or the preface of HTTP/2. */
export function isHttpRequest(first: Uint8Array): boolean {
  const text = Buffer.from(first.buffer, first.byteOffset, Math.min(first.length, 512)).toString('latin1');
  return /^(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|PRI) \S{1,500} HTTP\/[12]\.[01]\r?\n/.test(text);
}

/** What an HTTP client hears on a port that is not HTTP's. */
export function httpRefusal({ message, remedy }: { readonly message: string; readonly remedy: string }): string {
  const body = `${JSON.stringify({ error: { code: 'wrong-port', message, remedy } })}\n`;
  return `HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
