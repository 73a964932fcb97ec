import type { Level, Plain, PlainObject, TagValue } from '../core/surroundings.js';
import type { IgnoreRule } from './ignore-rule.js';

/** What `beforeSend` may look at and change. All of it is a copy. */
export interface ErrorEvent {
  /** 32 hex digits; what `captureException` returned. */
  readonly id: string;
  readonly kind: 'exception' | 'message';
  level: Level;
  /** The message as people read it; of an exception, what was thrown says. */
  message: string;
  /** What was thrown, then its causes and members. One that is taken out takes its stack along. */
  exceptions: { readonly id: number; type: string; message: string }[];
  user: PlainObject | undefined;
  tags: Record<string, TagValue>;
  contexts: Record<string, PlainObject>;
  extra: Record<string, Plain>;
  /** What happened before, the oldest first. */
  breadcrumbs: PlainObject[];
  /** Says which errors are the same, instead of type and stack. */
  fingerprint: readonly string[] | undefined;
}

/** Gives back the event, changed or not, or undefined (or null) to drop it. It is called synchronously; what it throws drops the event. */
export type BeforeSend = (event: ErrorEvent, original: unknown) => ErrorEvent | undefined | null;

/** How errors are reported, as configured. */
export interface ErrorSettings {
  readonly ignore: readonly IgnoreRule[];
  readonly beforeSend: BeforeSend | undefined;
  readonly sourceContext: boolean;
  readonly localVariables: boolean;
  /** Members that a context of this name may have. */
  readonly contextMembers: Readonly<Record<string, readonly string[]>>;
}
