import type { StatusAnswer } from '@bellwether/model';
import type { Endpoints } from './endpoints.js';
import { ago, counted, duration, size, type Finding } from './finding.js';

const maxSkewMs = 5000;
const lowDiskBytes = 2 * 1024 ** 3;
const maxListed = 20;
const maxReasons = 30;

type Sender = StatusAnswer['senders'][number];

export interface StatusContext {
  readonly endpoints: Endpoints;
  /** By reason: what such a request looked like. */
  readonly examples: ReadonlyMap<string, string>;
  readonly nowMs: number;
  /** `retention.maxDiskGiB`, in bytes. */
  readonly maxDiskBytes?: number | undefined;
}

/** Who sends what, whose clock is wrong, who has no name; what was refused and why; is there room. */
export function statusFindings(status: StatusAnswer, context: StatusContext): readonly Finding[] {
  const { endpoints, nowMs, maxDiskBytes } = context;
  return [
    ...arrivalFindings(status, endpoints, nowMs),
    ...senderFindings(status, nowMs),
    ...rejectionFindings(status, context),
    ...targetFindings(status),
    ...diskFindings(status, maxDiskBytes),
  ];
}

/** The targets that can not be scraped, by name; how many there are is told from the counters. */
function targetFindings({ scrapeTargets }: StatusAnswer): readonly Finding[] {
  return scrapeTargets
    .filter(({ state }) => state === 'down')
    .slice(0, maxListed)
    .map(({ job, url, error }) => ({
      level: 'warning',
      text: `The target ${url} of the job ${job} is down: ${error ?? 'it gave no reason'}.`,
      remedy:
        'Open its address from this machine; check the address and path in scrape.configs, and what listens there.',
    }));
}

function arrivalFindings(
  { receiver, signals, senders, rejections, startedAt }: StatusAnswer,
  endpoints: Endpoints,
  nowMs: number,
): readonly Finding[] {
  const findings: Finding[] = [];
  if (!receiver.connected)
    findings.push({
      level: 'failure',
      text: 'The receiver is not connected to the server.',
      remedy: 'Start it with `bellwether up` (or `bellwether receive` on the same data folder).',
    });
  for (const [name, signal] of Object.entries(signals)) {
    const last = signal.lastAcceptedAt === null ? '' : `, the last ${ago(nowMs - signal.lastAcceptedAt)}`;
    findings.push({
      level: 'ok',
      text: `${name}: ${signal.accepted.toLocaleString('en')} received${last}; ${signal.rejected.toLocaleString('en')} refused.`,
    });
  }
  if (senders.length > 0) return findings;
  const isRefused = rejections.some(({ at }) => at >= startedAt);
  findings.push(
    isRefused
      ? {
          level: 'warning',
          text: 'Nothing that came since the start could be kept.',
          remedy: 'What was refused, and what to change, stands below.',
        }
      : { level: 'warning', text: 'Nobody has sent anything since the start.', remedy: howToSend(endpoints) },
  );
  return findings;
}

/** Every way in that is open. */
function howToSend({ otlpHttp, otlpGrpc, datadog, statsd, fluent, syslog }: Endpoints): string {
  const otlp = otlpHttp ?? otlpGrpc;
  const ways = [
    otlp && `OTEL_EXPORTER_OTLP_ENDPOINT=${otlp}`,
    otlpHttp && `Prometheus remote_write url: ${otlpHttp}/api/v1/write`,
    otlpHttp && `Sentry DSN: ${otlpHttp.replace('//', '//demo@')}/1`,
    datadog && `DD_TRACE_AGENT_URL=http://${datadog}`,
    statsd && `StatsD: ${statsd}`,
    otlpHttp && `Loki: ${otlpHttp}/loki/api/v1/push`,
    otlpHttp && `Zipkin: ${otlpHttp}/api/v2/spans`,
    fluent && `Fluent: ${fluent}`,
    syslog && `syslog: ${syslog}`,
  ].filter(way => typeof way === 'string');
  if (ways.length === 0) return 'All ports for senders are off: switch one on (ingest.http, ingest.grpc, ...).';
  const isLocal = ways.every(way => /127\.0\.0\.1|localhost|\[::1\]/.test(way));
  return [
    'Set one address at a sender:',
    ...ways.map(way => `  ${way}`),
    ...(isLocal
      ? [
          'In a container, and on another machine, 127.0.0.1 is the sender itself: listen beyond it (--ingest 0.0.0.0:4318 with ingest.keys).',
        ]
      : []),
  ].join('\n');
}

const nameRemedies: readonly (readonly [RegExp, string])[] = [
  [/^otlp/, 'OpenTelemetry: OTEL_SERVICE_NAME=<service>'],
  [/^sentry/, 'Sentry: release: "<service>@<version>"'],
  [/^datadog/, 'Datadog: DD_SERVICE=<service>'],
  [/^statsd/, 'StatsD: the tag service:<service>'],
  [/^loki/, 'Loki: the label service_name'],
  [/^fluent/, 'Fluent: the field service_name'],
  [/^zipkin/, 'Zipkin: localEndpoint.serviceName'],
  [/^syslog/, 'syslog: the program’s name (logger --tag <service>)'],
];

function senderFindings({ senders }: StatusAnswer, nowMs: number): readonly Finding[] {
  const findings: Finding[] = [];
  for (const sender of senders.slice(0, maxListed)) {
    const { items, lastSeen, clockSkewMs } = sender;
    const who = nameOf(sender);
    findings.push({ level: 'ok', text: `${who}: ${counted(items, 'item')}, the last ${ago(nowMs - lastSeen)}.` });
    if (clockSkewMs !== null && Math.abs(clockSkewMs) > maxSkewMs)
      findings.push({
        level: 'warning',
        text: `The clock of ${who} is ${duration(Math.abs(clockSkewMs))} ${clockSkewMs > 0 ? 'ahead of' : 'behind'} ours, or it sends late.`,
        remedy: 'Set both clocks by NTP: what it sends is shown at its own time.',
      });
  }
  if (senders.length > maxListed)
    findings.push({ level: 'ok', text: `... and ${senders.length - maxListed} more senders.` });
  const nameless = senders.filter(
    ({ service, protocol }) =>
      // A series names its service itself, by its label job.
      !protocol.startsWith('prometheus') && (service === '' || service.startsWith('unknown_service')),
  );
  if (nameless.length > 0)
    findings.push({
      level: 'warning',
      text: `${counted(nameless.length, 'sender does', 'senders do')} not say which service it is: ${nameless.slice(0, 3).map(nameOf).join('; ')}${nameless.length > 3 ? '; ...' : ''}.`,
      remedy: `Give each a name. ${nameRemedies
        .filter(([protocols]) => nameless.some(({ protocol }) => protocols.test(protocol)))
        .map(([, remedy]) => remedy)
        .join('. ')}.`,
    });
  return findings;
}

function nameOf({ service, userAgent, protocol }: Sender): string {
  if (service === '' && userAgent !== '' && protocol.startsWith('prometheus')) return `${userAgent} (${protocol})`;
  return `${service || 'a service without a name'} (${userAgent === '' ? '' : `${userAgent}, `}${protocol})`;
}

function rejectionFindings(
  { rejections }: StatusAnswer,
  { endpoints, examples, nowMs }: StatusContext,
): readonly Finding[] {
  const shown = rejections.slice(0, maxReasons).map(({ reason, remedy, sender, count, protocol, at }): Finding => {
    const example = examples.get(reason) ?? '';
    return {
      level: 'warning',
      text: `Refused ${count === 1 ? 'once' : `${count.toLocaleString('en')} times`} (${protocol}, ${sender}, last ${ago(nowMs - at)}): ${reason}`,
      remedy: remedy.replaceAll('\n', ' '),
      ...(example !== '' && { example: example.slice(0, 120) }),
    };
  });
  const left = rejections.length - shown.length;
  if (left === 0) return shown;
  return [
    ...shown,
    {
      level: 'warning',
      text: `... and ${counted(left, 'more reason')}.`,
      remedy: `All are at ${endpoints.ui ?? ''}/settings/data.`,
    },
  ];
}

function diskFindings({ disk }: StatusAnswer, maxDiskBytes: number | undefined): readonly Finding[] {
  const { budget } = disk;
  const findings: Finding[] = [];
  if (budget === null && maxDiskBytes !== undefined)
    findings.push({
      level: 'ok',
      text: `Disk budget: ${size(maxDiskBytes)}; what is used of it is known a minute after the start.`,
    });
  if (budget !== null && budget.state === 'ok')
    findings.push({ level: 'ok', text: `Disk budget: ${size(budget.usedBytes)} of ${size(budget.maxBytes)} used.` });
  else if (budget !== null)
    findings.push({
      level: 'warning',
      text: `The disk budget is ${budget.state === 'soon' ? 'nearly ' : ''}used up: ${size(budget.usedBytes)} of ${size(budget.maxBytes)}; ${budget.droppedRows.toLocaleString('en')} rows were dropped since the start.`,
      remedy: `What was received first goes first${budget.oldestDay === null ? '' : ` (now ${budget.oldestDay})`}. Raise retention.maxDiskGiB, or keep less (retention.tracesDays, ...).`,
    });
  const isLow = disk.freeBytes < lowDiskBytes;
  findings.push({
    level: isLow ? 'warning' : 'ok',
    text: `Disk: store ${size(disk.storeBytes)}, log ${size(disk.walBytes)}, waiting blocks ${size(disk.blocksBytes)}; ${size(disk.freeBytes)} free.`,
    ...(isLow && {
      remedy: 'Make room, or lower retention in bellwether.yaml: when the disk is full, ingest answers 503.',
    }),
  });
  return findings;
}
