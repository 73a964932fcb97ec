import { z } from 'zod';
import { linearPattern } from '../base/linear-pattern.js';

const mustBe = (what: string): { readonly error: string } => ({ error: `must be ${what}` });
const section = mustBe('a section with keys of its own');
const field = mustBe("an attribute's name, with * for any characters; or log.body, span.name, span.status_message");
const fields = mustBe('a list of names of attributes, with * for any characters');

const pattern = z.string(mustBe('a regular expression')).superRefine((source, context) => {
  try {
    linearPattern(source);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    context.addIssue({
      code: 'custom',
      message: `must be a regular expression in RE2's syntax, without back-references and look-around: ${reason}`,
    });
  }
});

const rule = z.strictObject(
  {
    name: z
      .string(mustBe('1 to 64 letters, digits, dashes, dots or spaces'))
      .regex(/^[\w. -]{1,64}$/, mustBe('1 to 64 letters, digits, dashes, dots or spaces'))
      .optional()
      .describe('Names the rule in `bellwether_scrubbed_total`; else its action and field do.'),
    field: z
      .string(field)
      .min(1, field)
      .max(200, field)
      .describe(
        'The attribute, with `*` for any characters; or `log.body`, `span.name`, `span.status_message`. Letters match in any case.',
      ),
    pattern: pattern
      .optional()
      .describe(
        "Only what matches is touched; `keep` and `drop` are for values that match. RE2's syntax. Absent: the whole value.",
      ),
    action: z
      .enum(['keep', 'redact', 'hash', 'drop'], mustBe('keep, redact, hash or drop'))
      .describe(
        '`redact`: `[redacted]`. `hash`: `h:` and 16 digits, the same for the same value. `drop`: the attribute goes. `keep`: stored as it came.',
      ),
  },
  mustBe('a rule: {field, action} or {field, pattern, action}'),
);

/** What is taken out of what comes in. */
export const scrubSettings = z
  .strictObject(
    {
      emails: z
        .boolean(mustBe('true or false'))
        .default(true)
        .describe('E-mail addresses become `[email]`, except in `user.*` attributes, which are there to hold one.'),
      ips: z
        .boolean(mustBe('true or false'))
        .default(false)
        .describe(
          'IP addresses become `[ip]`, except in attributes of our own machines (`server.*`, `host.*`, `k8s.*`) and `user.*`.',
        ),
      hash: z
        .array(z.string(fields).min(1, fields).max(200, fields), fields)
        .max(100, mustBe('a list of at most 100 names'))
        .default([])
        .describe(
          'Attributes of which a keyed hash is stored, so that they still join: `[user.id, user.email]`. The key is `BELLWETHER_SCRUB_KEY`, or `scrub.key` of the data folder.',
        ),
      rules: z
        .array(rule, mustBe('a list of rules'))
        .max(200, mustBe('a list of at most 200 rules'))
        .default([])
        .describe('Rules of your own, obeyed in their order and before the built-in ones.'),
      dryRun: z
        .boolean(mustBe('true or false'))
        .default(false)
        .describe(
          'Rules, hashes, e-mail and IP addresses are only counted (`bellwether_scrubbed_total`). Secrets and cards go all the same.',
        ),
    },
    section,
  )
  .prefault({})
  .describe(
    'Secrets and personal data. Passwords, keys, tokens, cookies, cards and account numbers are always replaced.',
  );

const routePattern = mustBe('a route as /shops/:slug/products/:id; a * at its end stands for the rest');

/** What is worked out of what comes in. */
export const enrichSettings = z
  .strictObject(
    {
      routes: z
        .array(
          z
            .string(routePattern)
            .regex(/^\/(?:[^\s/?#]+(?:\/[^\s/?#]+)*)?$/, routePattern)
            .max(500, routePattern),
          mustBe('a list of routes'),
        )
        .max(1000, mustBe('a list of at most 1000 routes'))
        .default([])
        .describe(
          'Routes for clients that send paths only: `[/shops/:slug/products/:id]`. Ids are recognised without.',
        ),
    },
    section,
  )
  .prefault({})
  .describe('What is worked out for all protocols.');
