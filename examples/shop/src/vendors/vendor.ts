/** A request that a vendor got. */
export interface VendorRequest {
  readonly path: string;
  /** The body's JSON; undefined without one. */
  readonly body: unknown;
}

/** What a vendor answers, and after how many milliseconds. Status 0 hangs up without an answer. */
export interface VendorAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly afterMs: number;
}

/** Somebody else's service that the shop needs, played in the shop's main process: it sends no telemetry, as vendors do. */
export interface Vendor {
  readonly name: string;
  answer(request: VendorRequest): VendorAnswer;
}

/** A text field of a body from outside; '' when there is none. */
export function textField(body: unknown, name: string): string {
  const value: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined;
  return typeof value === 'string' ? value : '';
}
