import type { EnvironmentReader } from '../config/environment.js';
import { decoded, isLoopback } from '../config/environment.js';
import { Secret } from '../config/secret.js';
import type { Destination } from './destination.js';

/**
 * `https://<public key>@<host>/<path>/<project>`: envelopes go to `https://<host>/<path>/api/<project>/envelope/`
 * (https://develop.sentry.dev/sdk/foundations/transport/authentication/).
 */
export function sentryDestination(read: EnvironmentReader): readonly Destination[] {
  const dsn = read.text('SENTRY_DSN', 'sentry_dsn');
  if (dsn === undefined) {
    read.problems.push('the destination sentry needs SENTRY_DSN; nothing is sent there');
    return [];
  }
  const url = URL.canParse(dsn) ? new URL(dsn) : undefined;
  const [, path = '', project] = /^(.*)\/([^/]+)\/?$/.exec(url?.pathname ?? '') ?? [];
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (url === undefined || !isHttp || url.port === '0' || url.username === '' || project === undefined) {
    read.problems.push('SENTRY_DSN should look like https://key@host/project; nothing is sent there');
    return [];
  }
  const publicKey = decoded(url.username);
  const withSpans = read.flag(false, 'BELLWETHER_SENTRY_SPANS');
  return [
    {
      name: 'sentry',
      form: 'sentry',
      url: new URL(`${path}/api/${project}/envelope/`, url.origin),
      headers: {
        'x-sentry-auth': new Secret(`Sentry sentry_version=7, sentry_client=bellwether-node, sentry_key=${publicKey}`),
      },
      gzip: !isLoopback(url.hostname),
      signals: withSpans ? ['logs', 'traces'] : ['logs'],
      publicKey: new Secret(publicKey),
    },
  ];
}
