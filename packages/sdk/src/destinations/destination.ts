import type { Secret } from '../config/secret.js';
import type { Signal, Temporality } from '../export/batch.js';

/** Where telemetry can go by name alone. */
export const destinationNames = ['bellwether', 'otlp', 'datadog', 'newrelic', 'sentry', 'prometheus'] as const;

export type DestinationName = (typeof destinationNames)[number];

/** What is spoken there: OTLP as we write it, or what it is turned into. */
export type Form = 'otlp' | 'datadog-agent' | 'sentry';

/** A place that telemetry is sent to. */
export interface Destination {
  readonly name: string;
  readonly form: Form;
  /** What paths are put behind. It holds no credentials. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, Secret>>;
  readonly gzip: boolean;
  readonly signals: readonly Signal[];
  /** How it wants metrics; cumulative unless told. */
  readonly temporality?: Temporality;
  /** Sentry's public key, which stands in what is sent, too. */
  readonly publicKey?: Secret;
}

/** How a destination wants metrics. */
export const temporalityOf = ({ temporality = 'cumulative' }: Destination): Temporality => temporality;

/** Where DogStatsD listens. */
export interface StatsdAddress {
  readonly host: string;
  readonly port: number;
}

/** Where metrics are kept ready for scrapers. */
export interface ScrapeAddress {
  readonly host: string;
  readonly port: number;
}

/** All that was configured. */
export interface Destinations {
  readonly sent: readonly Destination[];
  readonly statsd: StatsdAddress | undefined;
  readonly scrape: ScrapeAddress | undefined;
}
