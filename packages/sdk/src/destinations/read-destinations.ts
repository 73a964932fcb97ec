import type { EnvironmentReader } from '../config/environment.js';
import { decoded, isLoopback } from '../config/environment.js';
import { Secret } from '../config/secret.js';
import { type Signal, signals, type Temporality } from '../export/batch.js';
import type { DestinationOption } from './custom-destination.js';
import { type Destination, destinationNames, type DestinationName, type Destinations } from './destination.js';
import { sentryDestination } from './sentry-dsn.js';

/** What code says about destinations; it wins over the environment. */
export interface DestinationSettings {
  readonly destinations: readonly DestinationOption[] | undefined;
  readonly url: string | undefined;
  readonly key: Secret | undefined;
}

const defaultUrl = 'http://127.0.0.1:4318';

/**
 * Where telemetry goes: what `destinations` or `BELLWETHER_DESTINATIONS` lists. Without a list, the providers that other variables switch on (`APM_PROVIDER`, `DATADOG_ENABLED`,
 * `SENTRY_DSN`, ...), and Bellwether, unless a provider takes its place and nobody gave it an address.
 */
export function readDestinations(settings: DestinationSettings, read: EnvironmentReader): Destinations {
  const listed = Array.isArray(settings.destinations)
    ? settings.destinations
    : read.text('BELLWETHER_DESTINATIONS') === undefined
      ? undefined
      : read.list('BELLWETHER_DESTINATIONS');
  const wanted = listed ?? switchedOn(settings, read);
  const names = new Set<DestinationName>();
  const sent: Destination[] = [];
  for (const item of wanted) {
    if (typeof item === 'string') {
      const name = destinationNames.find(known => known === item.toLowerCase());
      if (name !== undefined) names.add(name);
      else
        read.problems.push(
          `unknown destination "${item.slice(0, 50)}"; known: ${destinationNames.join(', ')}. It was left out`,
        );
    } else sent.push(...custom(item, read));
  }
  const isOtlpAlone = names.has('otlp');
  if (names.has('bellwether')) sent.push(bellwether(settings, isOtlpAlone, read));
  if (isOtlpAlone) sent.push(otlp(read));
  if (names.has('newrelic')) sent.push(...newRelic(read));
  if (names.has('datadog')) sent.push(datadog(read));
  if (names.has('sentry')) sent.push(...sentryDestination(read));
  const isAgent = sent.some(({ form }) => form === 'datadog-agent');
  const withTraces = read.flag(true, 'BELLWETHER_TRACES', 'TRANSACTION_TRACE_ENABLED');
  const wantedSignals = signals.filter(signal => isExported(signal, read) && (signal !== 'traces' || withTraces));
  return {
    sent: sent.map(withOwnName).map(each => withSignals(each, wantedSignals)),
    statsd: isAgent
      ? {
          host: read.text('DD_DOGSTATSD_HOST') ?? datadogHost(read),
          port: read.positive(8125, 'a port', 'DD_DOGSTATSD_PORT'),
        }
      : undefined,
    scrape: names.has('prometheus') ? scrapeAddress(read) : undefined,
  };
}

function switchedOn({ url }: DestinationSettings, read: EnvironmentReader): readonly DestinationName[] {
  const names: DestinationName[] = [];
  const provider = read.text('APM_PROVIDER')?.toLowerCase().replaceAll(/[ _-]/g, '');
  const known = destinationNames.find(name => name === provider);
  if (known !== undefined) names.push(known);
  else if (provider !== undefined)
    read.problems.push(
      `APM_PROVIDER should be one of ${destinationNames.join(', ')}, not "${provider.slice(0, 50)}"; it was left out`,
    );
  const isDatadog = read.flag(known === 'datadog', 'DATADOG_ENABLED');
  if (isDatadog && known !== 'datadog') names.push('datadog');
  if (!isDatadog && known === 'datadog') names.splice(names.indexOf('datadog'), 1);
  const hasTraces = names.length > 0;
  if (read.flag(true, 'SENTRY_ENABLED') && read.text('SENTRY_DSN', 'sentry_dsn') !== undefined && known !== 'sentry')
    names.push('sentry');
  if (read.text('BELLWETHER_PROMETHEUS_LISTEN') !== undefined && known !== 'prometheus') names.push('prometheus');
  const isGiven = url !== undefined || read.text('BELLWETHER_URL', 'OTEL_EXPORTER_OTLP_ENDPOINT') !== undefined;
  if ((isGiven || !hasTraces) && known !== 'otlp' && known !== 'bellwether') names.unshift('bellwether');
  return names;
}

function bellwether(settings: DestinationSettings, isOtlpAlone: boolean, read: EnvironmentReader): Destination {
  const own = settings.url ?? read.text('BELLWETHER_URL');
  const otel = own === undefined && !isOtlpAlone ? read.text('OTEL_EXPORTER_OTLP_ENDPOINT') : undefined;
  const url = read.url(defaultUrl, 'the URL to send telemetry to', own ?? otel);
  const headers = otel === undefined ? {} : read.pairs('OTEL_EXPORTER_OTLP_HEADERS', true);
  const { key } = settings;
  return toOtlp(
    'bellwether',
    url,
    key === undefined ? headers : { ...headers, authorization: `Bearer ${key.reveal()}` },
    read,
  );
}

function otlp(read: EnvironmentReader): Destination {
  const url = read.url(defaultUrl, 'OTEL_EXPORTER_OTLP_ENDPOINT', read.text('OTEL_EXPORTER_OTLP_ENDPOINT'));
  const destination = toOtlp('otlp', url, read.pairs('OTEL_EXPORTER_OTLP_HEADERS', true), read);
  return { ...destination, temporality: temporality('cumulative', read) };
}

/** https://docs.newrelic.com/docs/opentelemetry/best-practices/opentelemetry-otlp/ */
function newRelic(read: EnvironmentReader): readonly Destination[] {
  const key = read.text('NEW_RELIC_LICENSE_KEY');
  if (key === undefined) {
    read.problems.push('the destination newrelic needs NEW_RELIC_LICENSE_KEY; nothing is sent there');
    return [];
  }
  const [, region, number] = /^(eu|gov)(\d\d)xx/.exec(key.toLowerCase()) ?? [];
  const host = region === 'gov' ? 'gov-otlp' : region === 'eu' ? `otlp.eu${number}` : 'otlp';
  const url = read.url(`https://${host}.nr-data.net`, 'NEW_RELIC_OTLP_ENDPOINT', read.text('NEW_RELIC_OTLP_ENDPOINT'));
  return [{ ...toOtlp('newrelic', url, { 'api-key': key }, read), temporality: temporality('delta', read) }];
}

function datadogHost(read: EnvironmentReader): string {
  return read.text('DD_AGENT_HOST', 'DATADOG_AGENT_HOST') ?? '127.0.0.1';
}

/** The agent, by its own API (traces; metrics go to DogStatsD) or, when told so, by OTLP. The key is the agent's. */
function datadog(read: EnvironmentReader): Destination {
  const protocol = read.text('DATADOG_PROTOCOL')?.toLowerCase() ?? 'agent';
  if (protocol !== 'agent' && protocol !== 'otlp')
    read.problems.push(`DATADOG_PROTOCOL should be agent or otlp, not "${protocol.slice(0, 50)}"; using agent`);
  const host = datadogHost(read);
  const shown = host.includes(':') ? `[${host}]` : host;
  if (protocol === 'otlp') {
    const given = read.text('DD_OTLP_ENDPOINT') ?? `http://${shown}:4318`;
    const at = read.url(defaultUrl, 'DD_OTLP_ENDPOINT or DD_AGENT_HOST', given);
    return { ...toOtlp('datadog', at, {}, read), temporality: temporality('delta', read) };
  }
  const given =
    read.text('DD_TRACE_AGENT_URL') ?? `http://${shown}:${read.positive(8126, 'a port', 'DD_TRACE_AGENT_PORT')}`;
  const url = read.url('http://127.0.0.1:8126', 'DD_TRACE_AGENT_URL or DD_AGENT_HOST', given);
  return {
    name: 'datadog',
    form: 'datadog-agent',
    url: withoutCredentials(url),
    headers: {},
    gzip: false,
    signals: ['traces'],
  };
}

function custom(item: Exclude<DestinationOption, string>, read: EnvironmentReader): readonly Destination[] {
  const { name, url, headers, gzip } = item;
  if (
    typeof name !== 'string' ||
    typeof url !== 'string' ||
    !/^https?:/.test(url) ||
    !URL.canParse(url) ||
    new URL(url).port === '0'
  ) {
    read.problems.push(
      'a destination should be a name or { name, url }, with a url such as https://otlp.example; it was left out',
    );
    return [];
  }
  const destination = toOtlp(name.slice(0, 50), new URL(url), headers ?? {}, read);
  const sent = { ...destination, temporality: temporality('cumulative', read) };
  return [gzip === undefined ? sent : { ...sent, gzip }];
}

function toOtlp(
  name: string,
  url: URL,
  headers: Readonly<Record<string, string>>,
  read: EnvironmentReader,
): Destination {
  const all = { ...headers };
  if (url.username !== '' || url.password !== '') {
    const [user, password] = [decoded(url.username), decoded(url.password)];
    all['authorization'] ??= `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  }
  return {
    name,
    form: 'otlp',
    url: withoutCredentials(url),
    headers: Object.fromEntries(
      Object.entries(all).map(([header, value]) => [header.toLowerCase(), new Secret(value)]),
    ),
    gzip: compression(url, read),
    signals,
  };
}

/** `gzip` or `none`; unset, bodies are compressed unless they stay on this machine. */
function compression(url: URL, read: EnvironmentReader): boolean {
  const value = read.text('OTEL_EXPORTER_OTLP_COMPRESSION');
  if (value === 'gzip') return true;
  if (value === 'none') return false;
  const problem = `OTEL_EXPORTER_OTLP_COMPRESSION should be gzip or none, not "${value?.slice(0, 50)}"`;
  if (value !== undefined && !read.problems.includes(problem)) read.problems.push(problem);
  return !isLoopback(url.hostname);
}

/** What was asked for, or what the receiver prefers; Bellwether takes metrics as they are. `lowmemory` saves nothing here, and is delta for what it is delta for. */
function temporality(preferred: Temporality, read: EnvironmentReader): Temporality {
  const value = read.text('OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE')?.toLowerCase();
  if (value === 'cumulative') return 'cumulative';
  if (value === 'delta' || value === 'lowmemory') return 'delta';
  const problem = `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE should be cumulative, delta or lowmemory, not "${value?.slice(0, 50)}"`;
  if (value !== undefined && !read.problems.includes(problem)) read.problems.push(problem);
  return preferred;
}

function withoutCredentials(url: URL): URL {
  const clean = new URL(url);
  clean.username = '';
  clean.password = '';
  return clean;
}

function withSignals(destination: Destination, wanted: readonly Signal[]): Destination {
  return { ...destination, signals: destination.signals.filter(signal => wanted.includes(signal)) };
}

/** `OTEL_TRACES_EXPORTER` and its kin: `none` leaves a signal out. Where it goes is what destinations say. */
function isExported(signal: Signal, read: EnvironmentReader): boolean {
  const key = `OTEL_${signal.toUpperCase()}_EXPORTER`;
  const wanted = read.list(key);
  const unknown = wanted.find(name => name !== 'none' && name !== 'otlp');
  if (unknown !== undefined)
    read.problems.push(
      `${key} should be otlp or none, not "${unknown.slice(0, 50)}"; where telemetry goes is what BELLWETHER_DESTINATIONS says`,
    );
  return !wanted.includes('none');
}

/** Two of one name would count into one series. */
function withOwnName(destination: Destination, index: number, all: readonly Destination[]): Destination {
  const before = all.slice(0, index).filter(({ name }) => name === destination.name).length;
  return before === 0 ? destination : { ...destination, name: `${destination.name}-${before + 1}` };
}

const defaultScrape = { host: '127.0.0.1', port: 9464 } as const;

/** `host:port`, a port, or `off`-less silence: the defaults of OpenTelemetry's exporter. */
function scrapeAddress(read: EnvironmentReader): { readonly host: string; readonly port: number } {
  const given = read.text('BELLWETHER_PROMETHEUS_LISTEN');
  if (given === undefined)
    return {
      host: read.text('OTEL_EXPORTER_PROMETHEUS_HOST') ?? defaultScrape.host,
      port: read.positive(defaultScrape.port, 'a port', 'OTEL_EXPORTER_PROMETHEUS_PORT'),
    };
  const found = /^(?:(.+):)?(\d{1,5})$/.exec(given);
  const port = Number(found?.[2]);
  if (found !== null && port <= 65_535) return { host: found[1]?.replace(/^\[|\]$/g, '') ?? defaultScrape.host, port };
  read.problems.push(
    `BELLWETHER_PROMETHEUS_LISTEN should be host:port, not "${given.slice(0, 50)}"; using 127.0.0.1:9464`,
  );
  return defaultScrape;
}
