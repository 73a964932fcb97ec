/** A span as Zipkin has it (https://zipkin.io/zipkin-api/zipkin2-api.yaml), whichever encoding it came in. Ids are hex as sent; times are microseconds. */
export interface ZipkinSpan {
  readonly traceId: string;
  readonly id: string;
  readonly parentId: string;
  readonly name: string;
  /** `CLIENT`, `SERVER`, `PRODUCER`, `CONSUMER`, or '' for work within the service. */
  readonly kind: string;
  /** 0: not said. */
  readonly timestampUs: number;
  readonly durationUs: number;
  readonly local: ZipkinEndpoint | undefined;
  readonly remote: ZipkinEndpoint | undefined;
  readonly annotations: readonly { readonly timestampUs: number; readonly value: string }[];
  readonly tags: ReadonlyMap<string, string>;
  readonly debug: boolean;
  /** The other side of the call has a span with the same id. */
  readonly shared: boolean;
}

export interface ZipkinEndpoint {
  readonly serviceName: string;
  /** IPv4 or IPv6 as text; '' when not said. */
  readonly address: string;
  /** 0 when not said. */
  readonly port: number;
}
