/** What a configured rule does with what it matches. */
export type ScrubAction = 'keep' | 'redact' | 'hash' | 'drop';

export interface ScrubRule {
  /** In counters. */
  readonly name?: string | undefined;
  /** An attribute's name, or `log.body`, `span.name`, `span.status_message`; `*` stands for any characters. */
  readonly field: string;
  /** RE2's syntax. Without it the rule is about the whole value. */
  readonly pattern?: string | undefined;
  readonly action: ScrubAction;
}

export interface ScrubOptions {
  /** E-mail addresses in free text are replaced. */
  readonly emails: boolean;
  /** So are the addresses of machines. */
  readonly ips: boolean;
  /** Rules, e-mail addresses and IP addresses are only counted. Secrets and cards are replaced all the same. */
  readonly dryRun: boolean;
  /** Fields whose values are stored as a keyed hash. */
  readonly hash: readonly string[];
  readonly rules: readonly ScrubRule[];
}

/** What holds when nothing is configured. */
export const safeScrubOptions: ScrubOptions = { emails: true, ips: false, dryRun: false, hash: [], rules: [] };
