import type { DestinationName } from './destination.js';

/** A destination that is given in code: a name whose address and key come from the environment, or anything that speaks OTLP over HTTP. */
export type DestinationOption =
  | DestinationName
  | {
      /** How the report and the log call it. */
      readonly name: string;
      /** `/v1/traces` and so on are put behind it. */
      readonly url: string;
      /** Sent with each request; never printed. */
      readonly headers?: Readonly<Record<string, string>>;
      /** `true` unless the destination is on this machine. */
      readonly gzip?: boolean;
    };
