import type { Attributes } from '@opentelemetry/api';

/** The database a client talks to, by OpenTelemetry's names. */
export interface DatabaseTarget {
  /** `db.system.name`: `postgresql`, `mysql`, `mongodb`, ... */
  readonly system: string;
  readonly namespace: string | undefined;
  readonly address: string | undefined;
  readonly port: number | undefined;
}

export function targetAttributes({ system, namespace, address, port }: DatabaseTarget): Attributes {
  return {
    'db.system.name': system,
    ...(namespace === undefined ? {} : { 'db.namespace': namespace }),
    ...(address === undefined ? {} : { 'server.address': address }),
    ...(port === undefined ? {} : { 'server.port': port }),
  };
}

/** A target from what a driver keeps, whose fields may be anything. */
export function targetOf(system: string, namespace: unknown, address: unknown, port: unknown): DatabaseTarget {
  const number = typeof port === 'string' ? Number(port) : port;
  return {
    system,
    namespace: typeof namespace === 'string' && namespace !== '' ? namespace : undefined,
    address: typeof address === 'string' && address !== '' ? address : undefined,
    port: typeof number === 'number' && Number.isInteger(number) && number > 0 ? number : undefined,
  };
}
