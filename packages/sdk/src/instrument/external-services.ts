/** A service of somebody else's, by the hosts that it answers on. */
export interface ExternalService {
  /** Also the key of its icon. */
  readonly name: string;
  /** The end of its hosts' names, on a border of labels: `stripe.com` is also `api.stripe.com`. */
  readonly host: string;
  /** Its paths hold names that users give (buckets, tables): operations are not made of them. */
  readonly hasNamesInPaths?: boolean;
}

/** Known services. A new one is a line; where two fit, the first counts. */
export const externalServices: readonly ExternalService[] = [
  { name: 'stripe', host: 'stripe.com' },
  { name: 'clerk', host: 'clerk.com' },
  { name: 'clerk', host: 'clerk.dev' },
  { name: 'clerk', host: 'clerk.accounts.dev' },
  { name: 'resend', host: 'resend.com' },
  { name: 'openai', host: 'openai.com' },
  { name: 'azure-openai', host: 'openai.azure.com', hasNamesInPaths: true },
  { name: 'anthropic', host: 'anthropic.com' },
  { name: 'mistral', host: 'mistral.ai' },
  { name: 'gemini', host: 'generativelanguage.googleapis.com', hasNamesInPaths: true },
  { name: 'sendgrid', host: 'sendgrid.com' },
  { name: 'mailgun', host: 'mailgun.net', hasNamesInPaths: true },
  { name: 'postmark', host: 'postmarkapp.com' },
  { name: 'twilio', host: 'twilio.com' },
  { name: 'paypal', host: 'paypal.com' },
  { name: 'adyen', host: 'adyen.com' },
  { name: 'adyen', host: 'adyenpayments.com' },
  { name: 'mollie', host: 'mollie.com' },
  { name: 'square', host: 'squareup.com' },
  { name: 'braintree', host: 'braintreegateway.com', hasNamesInPaths: true },
  { name: 'auth0', host: 'auth0.com' },
  { name: 'okta', host: 'okta.com' },
  { name: 'slack', host: 'slack.com' },
  { name: 'discord', host: 'discord.com' },
  { name: 'github', host: 'api.github.com', hasNamesInPaths: true },
  { name: 'hubspot', host: 'hubapi.com' },
  { name: 'salesforce', host: 'salesforce.com', hasNamesInPaths: true },
  { name: 'shopify', host: 'myshopify.com' },
  { name: 'supabase', host: 'supabase.co', hasNamesInPaths: true },
  { name: 'algolia', host: 'algolia.net', hasNamesInPaths: true },
  { name: 'cloudflare', host: 'api.cloudflare.com' },
  { name: 'sentry', host: 'sentry.io', hasNamesInPaths: true },
  { name: 'firebase', host: 'firebaseio.com', hasNamesInPaths: true },
  { name: 'google-storage', host: 'storage.googleapis.com', hasNamesInPaths: true },
  { name: 'google', host: 'googleapis.com', hasNamesInPaths: true },
  { name: 'azure-storage', host: 'blob.core.windows.net', hasNamesInPaths: true },
];

/** The service that a host belongs to; of AWS the one that the host names. `own` are the application's own names, by host or `host:port`. */
export function serviceOf(host: string, own: ReadonlyMap<string, string>): ExternalService | undefined {
  const given = own.get(host) ?? own.get(withoutPort(host));
  if (given !== undefined) return { name: given, host };
  const name = withoutPort(host).toLowerCase();
  for (const service of externalServices) {
    if (name === service.host || name.endsWith(`.${service.host}`)) return service;
  }
  const aws = /(?:^|\.)([a-z][a-z\d-]*)(?:\.dualstack)?(?:[.-][a-z]{2}(?:-[a-z]+)+-\d)?\.amazonaws\.com(?:\.cn)?$/.exec(
    name,
  )?.[1];
  return aws === undefined ? undefined : { name: `aws-${aws}`, host: name, hasNamesInPaths: true };
}

const verbs: Readonly<Record<string, readonly [one: string, all: string]>> = {
  GET: ['get', 'list'],
  HEAD: ['head', 'head'],
  POST: ['update', 'create'],
  PUT: ['update', 'update'],
  PATCH: ['update', 'update'],
  DELETE: ['delete', 'delete'],
};

const longestPath = 300;
const mostSegments = 6;

/**
 * What a request to a REST interface does, as its makers' own libraries call it: `POST /v1/chat/completions` is `chat.completions.create`, `GET /v1/users/user_2x8…` is `users.get`,
 * `POST /v1/payment_intents/pi_3N…/confirm` is `payment_intents.confirm`. Ids never become a part of it.
 */
export function operationOf(method: string, path: string): string {
  const [clean = ''] = path.slice(0, longestPath).split('?');
  const segments = clean
    .split('/')
    .filter(segment => segment !== '' && !/^(?:v\d+(?:\.\d+)?|api|rest)$/i.test(segment));
  const words: string[] = [];
  let endsWithId = false;
  let isAction = false;
  for (const segment of segments.slice(0, mostSegments)) {
    const isWord = /^[a-z][a-z_-]{0,39}$/i.test(segment) && !/^[a-z]{2,8}_[a-z]{14,}$/i.test(segment);
    isAction = isWord && endsWithId && method === 'POST';
    endsWithId = !isWord;
    if (isWord) words.push(segment.toLowerCase());
  }
  const [one, all] = verbs[method] ?? ['call', 'call'];
  // `POST …/:id/confirm` says what is done by itself.
  if (!isAction) words.push(endsWithId ? one : all);
  return words.join('.');
}

function withoutPort(host: string): string {
  return host.replace(/:\d+$/, '');
}
