import { createHash } from 'node:crypto';
import { type Frame, stackFrames } from '../../base/stack-frames.js';

/** What is known about an error; '' for what is not. */
export interface SeenError {
  readonly type: string;
  readonly message: string;
  readonly stacktrace: string;
}

/** A 64-bit number in two halves. */
export type Fingerprint = readonly [low: number, high: number];

export const noFingerprint: Fingerprint = [0, 0];

/** Frames nearest to the error that tell it from others. */
const maxFrames = 12;

/**
 * The same for two errors that come from the same place: of its type and the service's own frames, without lines, columns and folders; without a stack
 * trace (or with one of a minified bundle alone), of its type and its message without what changes from case to case. The same on every machine; zero for no error at all.
 */
export function errorFingerprint({ type: said, message, stacktrace }: SeenError): Fingerprint {
  if (said === '' && message === '' && stacktrace === '') return noFingerprint;
  const type = plainTypes.has(said) ? '' : said;
  const { own, readable, isWhole } = readableFrames(stacktrace);
  // Of a bundle's stack the frames of libraries and the language alone say nothing.
  const told = own.length > 0 ? own : isWhole ? readable : [];
  // Functions that call themselves, or each other: how deep they got does not matter.
  const distinct = [...new Set(told.slice(0, 100).map(lineOf))].slice(0, maxFrames);
  const what = distinct.length > 0 ? distinct : [stableMessage(message === '' ? stacktrace : message)];
  const digest = createHash('sha256')
    .update(JSON.stringify([type, ...what]))
    .digest();
  return [digest.readUInt32LE(0) || 1, digest.readUInt32LE(4)];
}

/** Whether it is the service's own frames that tell an error from others, and not its message or the frames of libraries. */
export function isToldByFrames(stacktrace: string): boolean {
  return readableFrames(stacktrace).own.length > 0;
}

/** The same for a file as it was written and as it was compiled to, where it keeps its name; and for what a minifier calls the object of a method. */
const lineOf = (frame: Frame): string =>
  `${frame.file.replace(/\.[cm]?[jt]sx?$/, '')}|${isBundled(frame) ? plainName(frame) : frame.function}`;

/** What was thrown was no error: who tells of it may call it so, or not at all. */
const plainTypes: ReadonlySet<string> = new Set(['string', 'number', 'boolean', 'bigint', 'symbol', 'undefined']);

/** Node prints ` {` behind the last frame of an error that has a cause or other members. */
const v8Frame = /^\s*at .*:\d+:\d+\)?(?: \{)?$/;

/** A stack of V8 without those of its causes and members: OpenTelemetry's exceptions have none of them. Other languages always have them. */
function ownStack(stacktrace: string): string {
  const lines = stacktrace.slice(0, 100_000).split('\n', 1000);
  const first = lines.findIndex(line => /^\s*at /.test(line));
  if (first < 0 || !v8Frame.test((lines[first] ?? '').slice(0, 2000))) return stacktrace;
  if (lines.slice(1, first).some(line => /^(?:Caused by|errors?\[\d+\]|cause|suppressed): /i.test(line))) return '';
  const end = lines.findIndex((line, i) => i > first && !/^\s*at /.test(line));
  return end < 0 ? stacktrace : lines.slice(0, end).join('\n').replace(/ \{$/, '');
}

/** A line of a thousand characters is a bundle's. */
const isBundled = ({ place }: Frame): boolean => /:\d{1,2}:\d{4,}$/.test(place);
const plainName = (frame: Frame): string => frame.function.replace(/^(?:[\w$]{1,3}\.)+/, '');
/** No minifier gives so long a name. */
const isNamed = (frame: Frame): boolean => /^[A-Za-z_$][\w$.]{3,}$/.test(plainName(frame));

/**
 * A bundle's names are other ones after each build, unless it keeps them: then the nearest frame of the service's own has one that no minifier gives. `isWhole`: nothing had
 * to be left out.
 */
function readableFrames(stacktrace: string): {
  readonly own: readonly Frame[];
  readonly readable: readonly Frame[];
  readonly isWhole: boolean;
} {
  const frames = stacktrace === '' ? [] : stackFrames(ownStack(stacktrace));
  const nearest = frames.find(({ isOwn }) => isOwn);
  const keepsNames = nearest !== undefined && isNamed(nearest);
  const readable = frames.filter(frame => !isBundled(frame) || (keepsNames && isNamed(frame)));
  return { own: readable.filter(({ isOwn }) => isOwn), readable, isWhole: readable.length === frames.length };
}

/**
 * The fingerprint that an application chose itself: of its texts, as JSON. `{{ default }}` among them stands for the one that we would have chosen
 * (https://docs.sentry.io/concepts/data-management/event-grouping/fingerprint-rules/).
 */
export function chosenFingerprint(texts: string, own: Fingerprint): Fingerprint {
  if (/^\["\{\{\s*default\s*\}\}"\]$/.test(texts)) return own;
  const filled = texts.replace(/\{\{\s*default\s*\}\}/g, own.join('.'));
  const digest = createHash('sha256').update('chosen').update(filled).digest();
  return [digest.readUInt32LE(0) || 1, digest.readUInt32LE(4)];
}

/** The first line of a message with `#` for what changes from case to case: numbers, ids, times, what is in quotes. */
export function stableMessage(message: string): string {
  const [line = ''] = message.slice(0, 2000).trimStart().split('\n', 1);
  return line
    .replace(/(["'`])(?:(?!\1).){1,200}\1/g, '#')
    .replace(/\[[a-z]+\]/g, '#')
    .replace(/\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/gi, '#')
    .replace(/\b(?=[a-z]*\d)[\da-z]{8,}\b/gi, '#')
    .replace(/\d[\d.,:]*/g, '#')
    .replace(/\s+/g, ' ')
    .slice(0, 300);
}
