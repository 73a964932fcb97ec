import { isUtf8 } from 'node:buffer';
import { BadInput } from '../base/bad-input.js';
import type { ScrapeJob, ScrapeProtocol } from '../config/scrape-job.js';
import type { Item } from './exposition.js';
import { metricFamilies } from './metric-families.js';
import { openMetricsText } from './open-metrics-text.js';
import { prometheusText } from './prometheus-text.js';

const asked: Readonly<Record<ScrapeProtocol, string>> = {
  PrometheusProto: 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited',
  'OpenMetricsText1.0.0': 'application/openmetrics-text;version=1.0.0',
  'OpenMetricsText0.0.1': 'application/openmetrics-text;version=0.0.1',
  'PrometheusText1.0.0': 'text/plain;version=1.0.0',
  'PrometheusText0.0.4': 'text/plain;version=0.0.4',
};

/** Formats that know names with other signs than letters, digits and underscores. */
const escapes: ReadonlySet<ScrapeProtocol> = new Set<ScrapeProtocol>([
  'PrometheusProto',
  'OpenMetricsText1.0.0',
  'PrometheusText1.0.0',
]);

/** The `Accept` header of a job: its formats, the best first, and how names are to be escaped. */
export function acceptHeader({ protocols, escaping }: ScrapeJob): string {
  const types = protocols.map((protocol, index) => {
    const escape = escapes.has(protocol) ? `;escaping=${escaping}` : '';
    return `${asked[protocol]}${escape};q=0.${Math.max(1, protocols.length + 1 - index)}`;
  });
  return [...types, '*/*;q=0.1'].join(',');
}

type Format = 'text' | 'open-metrics' | 'protobuf';

const formats: Readonly<Record<ScrapeProtocol, Format>> = {
  PrometheusProto: 'protobuf',
  'OpenMetricsText1.0.0': 'open-metrics',
  'OpenMetricsText0.0.1': 'open-metrics',
  'PrometheusText1.0.0': 'text',
  'PrometheusText0.0.4': 'text',
};

/** The items of a page, read as its content type says. Throws `BadInput` when it says nothing and the job has no fallback. */
export function pageItems(job: ScrapeJob, contentType: string, bytes: Buffer): Generator<Item> {
  const format = formatOf(contentType) ?? (job.fallbackProtocol && formats[job.fallbackProtocol]);
  if (format === undefined) {
    const given =
      contentType === '' ? 'no Content-Type' : `the Content-Type ${JSON.stringify(contentType.slice(0, 80))}`;
    throw new BadInput(
      `the page has ${given}, which no format has; set fallback_scrape_protocol if it is PrometheusText0.0.4`,
    );
  }
  if (format === 'protobuf')
    return metricFamilies(bytes, { native: job.nativeHistograms, alwaysClassic: job.alwaysClassicHistograms });
  if (!isUtf8(bytes)) throw new BadInput('the page is not valid UTF-8');
  const text = bytes.toString();
  return format === 'text' ? prometheusText(text) : openMetricsText(text);
}

function formatOf(contentType: string): Format | undefined {
  const [type = ''] = contentType.split(';', 1);
  switch (type.trim().toLowerCase()) {
    case 'text/plain':
      return 'text';
    case 'application/openmetrics-text':
      return 'open-metrics';
    case 'application/vnd.google.protobuf': {
      const isFamily = /;\s*proto="?io\.prometheus\.client\.MetricFamily"?/i.test(contentType);
      return isFamily && /;\s*encoding="?delimited"?/i.test(contentType) ? 'protobuf' : undefined;
    }
    default:
      return undefined;
  }
}
