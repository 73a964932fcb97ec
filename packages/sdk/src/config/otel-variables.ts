/** A group of variables of OpenTelemetry's specification that this SDK does not read, and what takes their place. */
export interface UnreadVariables {
  readonly keys: readonly string[];
  readonly answer: string;
  /** Whoever set it expects something to happen, so it is said at the start. */
  readonly isAsked: boolean;
}

const ofSignals = (name: string): readonly string[] =>
  ['TRACES', 'METRICS', 'LOGS'].map(signal => `OTEL_EXPORTER_OTLP_${signal}_${name}`);

const batching =
  'what was recorded leaves every second and when a batch is full; what may wait in memory is BELLWETHER_QUEUE_MAX_MB';
const wholeDestination =
  'one address, its headers and its form are for all signals: OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS, OTEL_EXPORTER_OTLP_COMPRESSION';

/** https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ and https://opentelemetry.io/docs/specs/otel/protocol/exporter/ */
export const unreadOtelVariables: readonly UnreadVariables[] = [
  {
    keys: ['BSP', 'BLRP'].flatMap(processor =>
      ['SCHEDULE_DELAY', 'EXPORT_TIMEOUT', 'MAX_QUEUE_SIZE', 'MAX_EXPORT_BATCH_SIZE'].map(
        name => `OTEL_${processor}_${name}`,
      ),
    ),
    answer: batching,
    isAsked: false,
  },
  {
    keys: ['OTEL_LOG_LEVEL'],
    answer: 'the SDK says little and each thing once; BELLWETHER_DEBUG=true prints what was instrumented',
    isAsked: false,
  },
  {
    keys: ['OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT', 'OTEL_LINK_ATTRIBUTE_COUNT_LIMIT'],
    answer: 'events and links keep what they were given; their number is limited',
    isAsked: false,
  },
  {
    keys: ['OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT'],
    answer: 'a log record keeps what it was given; the length of its values is limited',
    isAsked: false,
  },
  {
    keys: [...ofSignals('ENDPOINT'), ...ofSignals('HEADERS'), ...ofSignals('COMPRESSION')],
    answer: wholeDestination,
    isAsked: true,
  },
  {
    keys: ['OTEL_EXPORTER_OTLP_PROTOCOL', ...ofSignals('PROTOCOL')],
    answer: 'always http/protobuf, which all receivers of OTLP take',
    isAsked: false,
  },
  {
    keys: ['OTEL_EXPORTER_OTLP_INSECURE', ...ofSignals('INSECURE')],
    answer: "it is about gRPC; the address' scheme says whether TLS is spoken",
    isAsked: false,
  },
  {
    keys: ['OTEL_EXPORTER_OTLP_CERTIFICATE', ...ofSignals('CERTIFICATE')],
    answer: 'certificates to trust are those of Node: set NODE_EXTRA_CA_CERTS',
    isAsked: true,
  },
  {
    keys: ['CLIENT_KEY', 'CLIENT_CERTIFICATE'].flatMap(name => [`OTEL_EXPORTER_OTLP_${name}`, ...ofSignals(name)]),
    answer: 'client certificates are not supported; put a proxy or a collector in between that has them',
    isAsked: true,
  },
  {
    keys: ['OTEL_EXPORTER_OTLP_TIMEOUT', ...ofSignals('TIMEOUT'), 'OTEL_METRIC_EXPORT_TIMEOUT'],
    answer: 'a request that is not answered is sent again; nothing waits for it but what stands behind it',
    isAsked: false,
  },
  {
    keys: ['OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION'],
    answer: 'histograms are always exponential',
    isAsked: false,
  },
  {
    keys: ['OTEL_METRICS_EXEMPLAR_FILTER'],
    answer: 'exemplars are of kept traces (trace_based) and go to scrapers that ask for OpenMetrics',
    isAsked: false,
  },
  {
    keys: ['OTEL_EXPORTER_ZIPKIN_ENDPOINT', 'OTEL_EXPORTER_ZIPKIN_TIMEOUT'],
    answer: 'Zipkin is not spoken; set OTEL_EXPORTER_OTLP_ENDPOINT to a receiver of OTLP',
    isAsked: true,
  },
  {
    keys: ['OTEL_CONFIG_FILE', 'OTEL_EXPERIMENTAL_CONFIG_FILE'],
    answer: 'configuration files are not read; use variables or the options of start()',
    isAsked: true,
  },
  {
    keys: ['OTEL_ENTITIES'],
    answer: 'not read; what describes the process goes into OTEL_RESOURCE_ATTRIBUTES',
    isAsked: false,
  },
  {
    keys: ['OTEL_SEMCONV_STABILITY_OPT_IN'],
    answer: 'attributes have their stable names, and only these',
    isAsked: false,
  },
  {
    keys: ['OTEL_NODE_ENABLED_INSTRUMENTATIONS', 'OTEL_NODE_DISABLED_INSTRUMENTATIONS'],
    answer: 'libraries to leave out are listed in BELLWETHER_DISABLE',
    isAsked: true,
  },
  {
    keys: ['OTEL_NODE_RESOURCE_DETECTORS'],
    answer: 'what describes the process is always told',
    isAsked: false,
  },
];
