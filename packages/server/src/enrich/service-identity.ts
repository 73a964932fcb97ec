/** What a resource says about the service that sent it; each becomes a column of spans, logs and series. */
export interface ServiceIdentity {
  readonly service: string;
  readonly version: string;
  readonly environment: string;
  readonly tenantId: string;
}

/** The name OpenTelemetry gives to a service that did not name itself. */
export const unknownService = 'unknown_service';

export function serviceIdentity(resource: ReadonlyMap<string, string>): ServiceIdentity {
  return {
    service: resource.get('service.name') || unknownService,
    version: resource.get('service.version') ?? '',
    environment: resource.get('deployment.environment.name') ?? resource.get('deployment.environment') ?? '',
    tenantId: resource.get('tenant.id') ?? '',
  };
}
