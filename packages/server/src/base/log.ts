/** What our code needs of a logger; pino's `Logger` is one. Never given secrets or bodies. */
export interface Log {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/** For tests and for roles that have nobody to tell. */
export const silent: Log = { info() {}, warn() {}, error() {} };
