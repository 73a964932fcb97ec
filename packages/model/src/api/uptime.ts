import { z } from 'zod';
import { plainText } from './plain-text.js';
import { maintenanceRow, maintenanceTime } from './maintenance.js';
import { epochMs } from './time-range.js';

const mustBe = (what: string): { readonly error: string } => ({ error: `must be ${what}` });

const seconds = (least: number, most: number) => {
  const form = mustBe(`a number of seconds from ${least} to ${most}`);
  return z.number(form).min(least, form).max(most, form);
};

const wholeNumber = (least: number, most: number) => {
  const form = mustBe(`a whole number from ${least} to ${most}`);
  return z.int(form).min(least, form).max(most, form);
};

const checkId = z
  .string(mustBe('1 to 64 letters, digits, dashes or underscores'))
  .regex(/^[\w-]{1,64}$/, mustBe('1 to 64 letters, digits, dashes or underscores'));

const host = z
  .string(mustBe('a host name or an IP address'))
  .regex(/^[^\s/@?#]{1,253}$/, mustBe('a host name or an IP address, without scheme, path or port'));

const everyCheck = {
  id: checkId.describe('Names the check in links, metrics and the log.'),
  name: z.string(mustBe('text')).max(200).default('').describe('What people read; the id when it is empty.'),
  everySeconds: seconds(5, 86_400).default(60).describe('How often it runs.'),
  timeoutSeconds: seconds(0.1, 60).default(10).describe('A run that takes longer has failed.'),
  failuresBeforeDown: wholeNumber(1, 20)
    .default(2)
    .describe('So many runs in a row must fail before it is down; after a failed one it runs again within 10 seconds.'),
  successesBeforeUp: wholeNumber(1, 20)
    .default(1)
    .describe('So many runs in a row must succeed before it is up again.'),
  changesBeforeFlapping: wholeNumber(0, 100)
    .default(6)
    .describe('When it goes down or up more often than so within an hour, it is flapping; 0: never.'),
  service: z
    .string(mustBe('text'))
    .max(200)
    .default('')
    .describe('The service that it checks: it stands on the overview of that service.'),
  onStatusPage: z
    .boolean(mustBe('true or false'))
    .default(false)
    .describe('Shown on the public status page, by its name.'),
  isPaused: z.boolean(mustBe('true or false')).default(false).describe('It does not run, and keeps what it found.'),
  isOfSampleShop: z
    .boolean(mustBe('true or false'))
    .default(false)
    .describe('It runs only beside the sample shop; a server without it pauses it.'),
};

const jsonPath = z
  .string()
  .max(200)
  .regex(/^[^\s=:]+$/, mustBe('a path into JSON, as checks.database or items.0.state'));

const httpCheck = z.strictObject({
  ...everyCheck,
  kind: z.literal('http'),
  url: z
    .url({ protocol: /^https?$/, error: 'must be a URL of http or https' })
    .max(2000)
    .describe('Passwords do not belong here: it is shown to everybody who sees the pages.'),
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS'], mustBe('GET, HEAD, POST, PUT or OPTIONS')).default('GET'),
  headers: z
    .record(
      z.string().regex(/^[!#$%&'*+.^_`|~\w-]{1,100}$/, mustBe('the name of a header')),
      z
        .string()
        .max(4000)
        .regex(/^[^\r\n\0]*$/, mustBe('one line')),
    )
    .default({})
    .describe('Sent to the URL, not to where it redirects to another host. Their values are never shown again.'),
  body: z.string().max(100_000).default(''),
  expectStatus: z
    .string(mustBe('statuses, as 200 or 200-299,401'))
    .regex(/^\d{3}(?:-\d{3})?(?:,\d{3}(?:-\d{3})?){0,9}$/, mustBe('statuses, as 200 or 200-299,401'))
    .default('200-299'),
  expectBody: z
    .string()
    .max(1000)
    .default('')
    .describe('Text that the first MiB of the answer must hold; empty: anything.'),
  expectJson: z
    .record(
      jsonPath,
      z.union(
        [z.string().max(1000), z.number(), z.boolean(), z.null()],
        mustBe('a text, a number, true, false or null'),
      ),
    )
    .refine(paths => Object.keys(paths).length <= 20, 'must be at most 20 paths')
    .default({})
    .describe('What the answer, as JSON, must hold: path and value, as `checks.database: up`.'),
  maxMs: wholeNumber(1, 60_000).optional().describe('A slower answer has failed.'),
  minCertificateDays: wholeNumber(0, 365)
    .default(0)
    .describe('A certificate that ends sooner has failed; 0: only an invalid one does.'),
  followRedirects: z.boolean(mustBe('true or false')).default(true),
});

const tcpCheck = z.strictObject({
  ...everyCheck,
  kind: z.literal('tcp'),
  host,
  port: wholeNumber(1, 65_535),
  maxMs: wholeNumber(1, 60_000).optional().describe('A slower connection has failed.'),
});

const dnsCheck = z.strictObject({
  ...everyCheck,
  kind: z.literal('dns'),
  host,
  type: z.enum(['A', 'AAAA', 'CNAME', 'MX', 'NS', 'TXT'], mustBe('A, AAAA, CNAME, MX, NS or TXT')).default('A'),
  expect: z.string().max(500).default('').describe('What one of the answers must be; empty: any answer.'),
});

const tlsCheck = z.strictObject({
  ...everyCheck,
  kind: z.literal('tls'),
  host,
  port: wholeNumber(1, 65_535).default(443),
  minCertificateDays: wholeNumber(0, 365).default(14).describe('A certificate that ends sooner has failed.'),
});

const heartbeatCheck = z.strictObject({
  ...everyCheck,
  kind: z.literal('heartbeat'),
  everySeconds: seconds(10, 2_678_400).default(86_400).describe('How often the job calls.'),
  graceSeconds: seconds(0, 86_400).default(300).describe('So late may it be.'),
});

/** What is checked from outside, in a file or made in the pages. */
export const checkDefinition = z.discriminatedUnion('kind', [httpCheck, tcpCheck, dnsCheck, tlsCheck, heartbeatCheck]);

/** Why a run failed. */
export const failureReason = z.enum([
  'dns',
  'forbidden-address',
  'connect',
  'tls',
  'timeout',
  'status',
  'body',
  'slow',
  'certificate',
  'answer',
  'late',
]);

export const checkRun = z.object({
  startedMs: epochMs,
  isUp: z.boolean(),
  /** It failed during maintenance: that does not count. */
  isInMaintenance: z.boolean().default(false),
  /** null when it is up. */
  reason: failureReason.nullable(),
  /** A sentence; '' when it is up. */
  message: z.string(),
  durationMs: z.number(),
  /** Of HTTP checks that got an answer. */
  httpStatus: z.number().nullable(),
  /** Days until the certificate ends; null without one. */
  certificateDays: z.number().nullable(),
  /** The trace that the run began; '' for heartbeats. */
  traceId: z.string(),
});

/** `flapping`: it goes up and down too often. `maintenance`: its failures do not count now. `pending`: it has not run yet. `paused`: it does not run now. */
export const checkState = z.enum(['down', 'flapping', 'maintenance', 'pending', 'up', 'paused']);

export const checkRow = z.object({
  id: checkId,
  name: z.string(),
  kind: z.enum(['http', 'tcp', 'dns', 'tls', 'heartbeat']),
  /** What is checked, in a word: the URL, `host:port`, the name. */
  target: z.string(),
  /** Checks of the file are changed there. */
  isFromFile: z.boolean(),
  /** The service that it checks; '' when none is named. */
  service: z.string(),
  onStatusPage: z.boolean(),
  everySeconds: z.number(),
  state: checkState,
  /** Why it is paused: by a person, because the sample shop is not there; null: it is not. */
  pausedBy: z.enum(['person', 'no-sample-shop']).nullable(),
  /** Since when it is so. */
  sinceMs: epochMs.nullable(),
  last: checkRun.nullable(),
  /** Of the last 90 days, oldest first: runs that count, those after which it was down, and besides those that failed during maintenance; null: none ran. */
  days: z.array(
    z.object({ day: z.string(), runs: z.number(), failed: z.number(), maintenance: z.number() }).nullable(),
  ),
  /** Share of the runs of the last 30 days after which it was up; null: none ran. */
  uptime30Days: z.number().nullable(),
  /** The maintenance that it is in, or the next one; null: none is planned. */
  maintenance: maintenanceTime.nullable(),
  /** Durations in ms of the latest runs, oldest first; null where a run failed. */
  recentMs: z.array(z.number().nullable()),
});

/** How far people are with what they tell of; '' for what is no incident. */
export const statusStage = z.enum(
  ['', 'investigating', 'identified', 'resolved'],
  mustBe('investigating, identified, resolved, or empty'),
);

/** What was told on the status page. */
export const statusUpdate = z.object({ atMs: epochMs, stage: statusStage, note: z.string() });

export const checksAnswer = z.object({
  checks: z.array(checkRow),
  maintenance: z.array(maintenanceRow),
  statusPage: z.object({
    /** '' when it is off. */
    slug: z.string(),
    title: z.string(),
    /** '' when nothing is told. */
    note: z.string(),
    stage: statusStage,
  }),
});

/** What people would call one incident: an outage, or those of a time in which it was flapping. */
export const checkIncident = z.object({
  fromMs: epochMs,
  /** null: it goes on. */
  toMs: epochMs.nullable(),
  /** How long it was down in this time; null: it still is. */
  downMs: z.number().nullable(),
  /** More than one: it was flapping. */
  outages: z.number(),
});

export const checkAnswer = z.object({
  check: checkRow,
  /** Without the values of headers. */
  definition: checkDefinition,
  /** The path that a job calls; '' unless it is a heartbeat. */
  heartbeatPath: z.string(),
  /** The newest first, at most 500; failed runs are kept longer. */
  runs: z.array(checkRun),
  /** Of the last 90 days, the newest first. */
  incidents: z.array(checkIncident),
});

/** PUT /api/bw/v1/status-page */
export const statusPageSettings = z.object({
  /** '' switches it off. */
  slug: z
    .string()
    .regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?)?$/, 'a slug is 1 to 64 small letters, digits and dashes'),
  title: plainText.max(200).default(''),
  /** What is told beside the states, as text: what is wrong, what is done, maintenance that is planned. '' for nothing. */
  note: plainText.max(2000).default(''),
  /** A resolved note stands among the incidents alone. A changed note or stage is an update: it is kept there for 90 days. */
  stage: statusStage.default(''),
});

export type CheckDefinition = z.output<typeof checkDefinition>;
export type FailureReason = z.infer<typeof failureReason>;
export type CheckRun = z.infer<typeof checkRun>;
export type CheckState = z.infer<typeof checkState>;
export type CheckIncident = z.infer<typeof checkIncident>;
export type CheckRow = z.infer<typeof checkRow>;
export type ChecksAnswer = z.infer<typeof checksAnswer>;
export type CheckAnswer = z.infer<typeof checkAnswer>;
export type StatusUpdate = z.infer<typeof statusUpdate>;
export type StatusPageSettings = z.output<typeof statusPageSettings>;
