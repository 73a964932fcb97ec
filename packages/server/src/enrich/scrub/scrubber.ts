import { createHmac } from 'node:crypto';
import { linearPattern, type LinearPattern } from '../../base/linear-pattern.js';
import { role, roleOf } from '../attribute-roles.js';
import type { Detector } from './detector.js';
import { redacted } from './detector.js';
import { detectors } from './detectors.js';
import { emailAddress } from './email-address.js';
import { ipAddress } from './ip-address.js';
import { safeScrubOptions, type ScrubAction, type ScrubOptions } from './scrub-options.js';
import { ShapeScan } from './shape-scan.js';

interface Rule {
  readonly name: string;
  readonly field: (name: string) => boolean;
  readonly pattern: LinearPattern | undefined;
  readonly action: ScrubAction;
}

/** Different combinations of rules that one key may fall under. */
const maxRuleSets = 60_000;
const maxKnownKeys = 20_000;
const maxKnownHashes = 20_000;

const none: ReadonlySet<Detector> = new Set();
const addresses: ReadonlySet<Detector> = new Set([emailAddress, ipAddress]);
const onlyEmails: ReadonlySet<Detector> = new Set([emailAddress]);
const onlyIps: ReadonlySet<Detector> = new Set([ipAddress]);

/** Looking for IP addresses costs more, so the usual scan does not. Both are made when they are first needed. */
const scans: { usual?: ShapeScan; withIps?: ShapeScan } = {};

function scanFor(ips: boolean): ShapeScan {
  if (ips) return (scans.withIps ??= new ShapeScan(detectors));
  return (scans.usual ??= new ShapeScan(detectors.filter(detector => detector !== ipAddress)));
}

/** The fields that are no attributes, by the names that rules know them by. */
export const plainFields = { body: 'log.body', spanName: 'span.name', statusMessage: 'span.status_message' } as const;

/**
 * Takes secrets and personal data out of what is stored: by the names of attributes, by the shapes of values, and by configured rules. The same text gives
 * the same result as long as the configuration and the key are the same.
 */
export class Scrubber {
  /** How often each rule or detector has found something, by its name. */
  readonly counts = new Map<string, number>();
  readonly hasRules: boolean;
  /** The roles of the fields that are no attributes. */
  readonly bodyRole: number;
  readonly spanNameRole: number;
  readonly statusMessageRole: number;
  private readonly rules: readonly Rule[];
  private readonly ruleSets: (readonly Rule[])[] = [[]];
  private readonly setOf = new Map<string, number>();
  private readonly keys = new Map<string, number>();
  private readonly hashes = new Map<string, string>();
  private readonly scan: ShapeScan;
  private readonly onlyCount: ReadonlySet<Detector>;
  private readonly emails: boolean;
  private readonly dryRun: boolean;
  private readonly hashKey: Uint8Array | undefined;

  /** `hashKey`: needed as soon as a rule hashes. */
  constructor(options: ScrubOptions = safeScrubOptions, hashKey?: Uint8Array) {
    this.rules = [
      ...options.rules.map(rule => ({ ...rule, name: rule.name ?? `${rule.action} ${rule.field}` })),
      ...options.hash.map(field => ({ name: `hash ${field}`, field, pattern: undefined, action: 'hash' as const })),
    ].map(({ name, field, pattern, action }) => ({
      name,
      field: glob(field),
      pattern: pattern === undefined ? undefined : linearPattern(pattern),
      action,
    }));
    if (hashKey === undefined && this.rules.some(({ action }) => action === 'hash'))
      throw new Error('a rule that hashes needs a key');
    this.hashKey = hashKey;
    this.hasRules = this.rules.length > 0;
    this.scan = scanFor(options.ips);
    this.emails = options.emails;
    this.dryRun = options.dryRun;
    this.onlyCount = options.dryRun ? addresses : none;
    const rulesOf = (field: string): number => (this.ruleSetOf(field) << role.rulesShift) >>> 0;
    this.bodyRole = rulesOf(plainFields.body);
    this.spanNameRole = rulesOf(plainFields.spanName);
    this.statusMessageRole = rulesOf(plainFields.statusMessage);
  }

  /** What is known about an attribute's name: `roleOf` (enrich/attribute-roles.ts) and the rules that it falls under. */
  roleOf(key: string): number {
    const known = this.keys.get(key);
    if (known !== undefined) return known;
    if (this.keys.size >= maxKnownKeys) this.keys.clear();
    const itsRole = (roleOf(key) | (this.ruleSetOf(key) << role.rulesShift)) >>> 0;
    this.keys.set(key, itsRole);
    return itsRole;
  }

  /** Whether `text` would look closer at these bytes. */
  isSuspicious(bytes: Uint8Array, at: number, length: number): boolean {
    return this.scan.isSuspicious(bytes, at, length);
  }

  /**
   * The text as it is stored under a name with this role; undefined when a rule drops it. Says nothing about the name itself: secrets by name are the
   * caller's.
   */
  text(text: string, itsRole: number): string | undefined {
    const rules = itsRole >>> role.rulesShift;
    if (rules !== 0) return this.byRules(text, itsRole, this.ruleSets[rules]!);
    return this.byShape(text, itsRole);
  }

  /** As `text`, where nothing can be dropped: what a rule drops is empty. */
  free(text: string, itsRole = 0): string {
    return this.text(text, itsRole) ?? '';
  }

  /** What stands for a value whose name says that it is secret. */
  secret(): string {
    this.count('secret-name');
    return redacted;
  }

  count(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }

  private byShape(text: string, itsRole: number): string {
    const isMachine = (itsRole & role.machine) !== 0;
    const without =
      (itsRole & role.person) !== 0 || (isMachine && !this.emails)
        ? addresses
        : isMachine
          ? onlyIps
          : this.emails
            ? none
            : onlyEmails;
    return this.scan.replace(text, ({ name }) => this.count(name), without, this.onlyCount);
  }

  private byRules(text: string, itsRole: number, rules: readonly Rule[]): string | undefined {
    let now = text;
    for (const { name, pattern, action } of rules) {
      if (pattern !== undefined && !pattern.test(now)) continue;
      this.count(name);
      if (this.dryRun) continue;
      if (action === 'keep') return now;
      if (action === 'drop') return undefined;
      const put = (match: string): string => (action === 'hash' ? this.hash(match) : redacted);
      if (pattern === undefined) return put(now);
      now = pattern.replace(now, put);
    }
    return (itsRole & role.secret) !== 0 ? this.secret() : this.byShape(now, itsRole);
  }

  /** The same value gives the same hash, which says nothing about the value to those without the key. */
  private hash(value: string): string {
    const known = this.hashes.get(value);
    if (known !== undefined) return known;
    if (this.hashes.size >= maxKnownHashes) this.hashes.clear();
    const digest = createHmac('sha256', this.hashKey ?? new Uint8Array())
      .update(value)
      .digest('hex');
    const hash = `h:${digest.slice(0, 16)}`;
    this.hashes.set(value, hash);
    return hash;
  }

  private ruleSetOf(key: string): number {
    const matching = this.rules.filter(({ field }) => field(key));
    if (matching.length === 0) return 0;
    const name = matching.map(rule => this.rules.indexOf(rule)).join();
    const known = this.setOf.get(name);
    if (known !== undefined) return known;
    // With so many combinations the last one stands for the rest: all rules, which scrubs too much rather than too little.
    const set = this.ruleSets.length < maxRuleSets ? matching : this.rules.filter(({ action }) => action !== 'keep');
    this.ruleSets.push(set);
    this.setOf.set(name, this.ruleSets.length - 1);
    return this.ruleSets.length - 1;
  }
}

/** Whether a name is one that `field` stands for: `*` is any characters, letters match in any case. In one pass, whatever the name. */
function glob(field: string): (name: string) => boolean {
  const [first = '', ...rest] = field.toLowerCase().split(/\*+/);
  const last = rest.pop();
  if (last === undefined) return name => name.toLowerCase() === first;
  return given => {
    const name = given.toLowerCase();
    if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
    let at = first.length;
    for (const part of rest) {
      const found = name.indexOf(part, at);
      if (found === -1 || found + part.length > name.length - last.length) return false;
      at = found + part.length;
    }
    return true;
  };
}
