/** The services of the shop, in the order a request meets them. */
export const serviceNames = ['gateway', 'catalogue', 'checkout', 'inventory', 'payments', 'worker'] as const;

export type ServiceName = (typeof serviceNames)[number];

/** Where everything is. The shop's main process sends it to each service at start and again after each deploy. */
export interface Addresses {
  readonly databaseUrl: string;
  readonly redisUrl?: string;
  readonly services: Readonly<Record<ServiceName, string>>;
  /** Other people's services, by name. */
  readonly vendors: Readonly<Record<string, string>>;
  /** What the worker calls to say that it still works; undefined when nobody listens. */
  readonly heartbeatUrl?: string;
}

/** What the shop's main process says to a service. */
export interface ToService {
  readonly addresses: Addresses;
}

/** What a service says to the shop's main process: first its port, then that it serves. */
export type FromService = { readonly port: number } | { readonly ready: true };

let known: Addresses | undefined;

/** Throws Error before the main process has sent the addresses: a service is not ready before. */
export function addresses(): Addresses {
  if (known === undefined) throw new Error('the addresses of the other services are not known yet');
  return known;
}

export function setAddresses(next: Addresses): void {
  known = next;
}
