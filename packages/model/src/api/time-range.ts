import { z } from 'zod';

const inMs = 'needs a time in milliseconds since 1970, a whole number';

/** Milliseconds since 1970, as a whole number. Query strings bring it as text. */
export const epochMs = z.coerce.number(inMs).int(inMs).min(0, inMs).max(8_640_000_000_000_000, inMs);

/** Nanoseconds since 1970 as decimal text: it does not fit a JavaScript number. */
export const epochNs = z.string().regex(/^\d{1,20}$/);

/** 32 lower-case hex digits. Always text, never a number. */
export const traceIdHex = z.string().regex(/^[0-9a-f]{32}$/, 'a trace id is 32 hex digits');

/** 16 lower-case hex digits. */
export const spanIdHex = z.string().regex(/^[0-9a-f]{16}$/, 'a span id is 16 hex digits');

/** The range of a question: `from` included, `to` excluded. */
export const timeRange = z.object({ from: epochMs, to: epochMs });

export type TimeRange = z.infer<typeof timeRange>;
