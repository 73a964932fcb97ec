import type { Secret } from '../base/secret.js';

/** What is scraped, how, and what becomes of it: one entry of `scrape_configs`, with every default filled in and every path absolute. */
export interface ScrapeJob {
  readonly name: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** What is asked for, the best first. */
  readonly protocols: readonly ScrapeProtocol[];
  /** What an answer is read as when it does not say what it is. */
  readonly fallbackProtocol: ScrapeProtocol | undefined;
  readonly nativeHistograms: boolean;
  /** Classic buckets are kept beside native ones. */
  readonly alwaysClassicHistograms: boolean;
  readonly scheme: string;
  readonly metricsPath: string;
  readonly params: Readonly<Record<string, readonly string[]>>;
  readonly honorLabels: boolean;
  readonly honorTimestamps: boolean;
  readonly trackTimestampsStaleness: boolean;
  readonly extraMetrics: boolean;
  readonly legacyNames: boolean;
  readonly escaping: string;
  readonly http: HttpSettings;
  readonly limits: ScrapeLimits;
  readonly relabel: readonly RelabelRule[];
  readonly metricRelabel: readonly RelabelRule[];
  readonly static: readonly StaticTargets[];
  readonly files: readonly FileDiscovery[];
  readonly dns: readonly DnsDiscovery[];
  readonly web: readonly HttpDiscovery[];
}

export const scrapeProtocols = [
  'PrometheusProto',
  'OpenMetricsText1.0.0',
  'OpenMetricsText0.0.1',
  'PrometheusText1.0.0',
  'PrometheusText0.0.4',
] as const;

export type ScrapeProtocol = (typeof scrapeProtocols)[number];

/** 0: no limit. */
export interface ScrapeLimits {
  readonly bodyBytes: number;
  readonly samples: number;
  readonly labels: number;
  readonly labelNameBytes: number;
  readonly labelValueBytes: number;
  readonly targets: number;
}

/** A text that stands in the configuration, or in a file that is read when it is needed. */
export type SecretSource = { readonly text: Secret } | { readonly file: string };

/** How requests to targets are made and authenticated. */
export interface HttpSettings {
  readonly followRedirects: boolean;
  readonly compression: boolean;
  readonly authorization:
    | { readonly kind: 'basic'; readonly user: SecretSource; readonly password: SecretSource | undefined }
    | { readonly kind: 'scheme'; readonly scheme: string; readonly credentials: SecretSource }
    | undefined;
  readonly headers: readonly { readonly name: string; readonly value: SecretSource }[];
  readonly tls: TlsSettings;
}

export interface TlsSettings {
  readonly ca: SecretSource | undefined;
  readonly cert: SecretSource | undefined;
  readonly key: SecretSource | undefined;
  readonly serverName: string | undefined;
  readonly skipVerify: boolean;
  readonly minVersion: TlsVersion | undefined;
  readonly maxVersion: TlsVersion | undefined;
}

export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

export const relabelActions = [
  'replace',
  'keep',
  'drop',
  'hashmod',
  'labelmap',
  'labeldrop',
  'labelkeep',
  'lowercase',
  'uppercase',
  'keepequal',
  'dropequal',
] as const;

export interface RelabelRule {
  readonly action: (typeof relabelActions)[number];
  readonly sourceLabels: readonly string[];
  readonly separator: string;
  /** RE2 syntax; it must match the whole text. */
  readonly regex: string;
  readonly modulus: bigint;
  readonly targetLabel: string;
  readonly replacement: string;
}

export interface StaticTargets {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

export interface FileDiscovery {
  /** A `*` may stand in the last part. */
  readonly files: readonly string[];
  readonly refreshMs: number;
}

export interface DnsDiscovery {
  readonly names: readonly string[];
  readonly type: 'SRV' | 'A' | 'AAAA' | 'MX' | 'NS';
  /** SRV records have their own. */
  readonly port: number;
  readonly refreshMs: number;
}

export interface HttpDiscovery {
  readonly url: string;
  readonly refreshMs: number;
  readonly http: HttpSettings;
}
