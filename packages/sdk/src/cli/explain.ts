import { memberOf } from '../errors/member-of.js';
import type { Probe } from './probe.js';

/** Why nothing can be sent, and what to do about it, as sentences. */
export interface Explanation {
  readonly problem: string;
  readonly remedy: string;
}

export interface Asked {
  readonly url: URL;
  readonly hasKey: boolean;
  /** A variable such as `HTTPS_PROXY` that is set, by name. */
  readonly proxyVariable: string | undefined;
}

const setUrl = 'set BELLWETHER_URL to the address of its ingest port';

/** Undefined when the destination took what was sent. */
export function explain(found: Probe, asked: Asked): Explanation | undefined {
  switch (found.result) {
    case 'taken':
      return undefined;
    case 'failed':
      return unreachable(found.code, found.message, asked);
    case 'answered':
      return refused(found, asked);
  }
}

function unreachable(code: string, message: string, { url, proxyVariable }: Asked): Explanation {
  const proxy =
    proxyVariable === undefined
      ? ''
      : ` ${proxyVariable} is set, but the SDK connects directly: if this machine reaches others only by a proxy, send to a collector on this side of it.`;
  switch (code) {
    case 'ECONNREFUSED':
      return {
        problem: `Nothing listens at ${url.host}.`,
        remedy: `Start Bellwether with: npx bellwether up. If it runs elsewhere, ${setUrl}.${proxy}`,
      };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return {
        problem: `The name ${url.hostname} is not known.`,
        remedy: `Check the spelling in BELLWETHER_URL, and whether this machine can look names up.${proxy}`,
      };
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return {
        problem: `${url.host} does not answer.`,
        remedy: `A firewall may be in between, or the address is another machine's.${proxy}`,
      };
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return {
        problem: `${url.host} does not speak TLS.`,
        remedy: `Write http:// instead of https:// in BELLWETHER_URL, or ask for the port that has a certificate.`,
      };
    case 'ECONNRESET':
    case 'EPIPE':
    case 'HPE_INVALID_CONSTANT':
    case 'HPE_INVALID_VERSION':
      return {
        problem: `${url.host} does not speak HTTP.`,
        remedy: portHint(url) ?? `If it wants TLS, write https:// in BELLWETHER_URL; otherwise ${setUrl}.`,
      };
    default:
      if (/CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME/.test(code))
        return {
          problem: `The certificate of ${url.host} is not trusted: ${message}.`,
          remedy: 'Name the certificate of its issuer in NODE_EXTRA_CA_CERTS, for the application too.',
        };
      return { problem: `${url.host} cannot be reached: ${message}.`, remedy: `Check BELLWETHER_URL.${proxy}` };
  }
}

function portHint(url: URL): string | undefined {
  return url.port === '4317'
    ? 'Port 4317 is for gRPC. The SDK sends over HTTP, which Bellwether takes on port 4318.'
    : undefined;
}

function refused(found: Extract<Probe, { result: 'answered' }>, asked: Asked): Explanation {
  const { url, hasKey } = asked;
  const { status, location, isPage } = found;
  const said = saidBy(found.text, isPage);
  if (status === 401 || status === 403)
    return hasKey
      ? {
          problem: `${url.host} does not accept the key in BELLWETHER_KEY (status ${status}).${said}`,
          remedy: 'It may be cut off, revoked, or of another workspace. Make a new ingest key and set it.',
        }
      : {
          problem: `${url.host} wants a key (status ${status}).${said}`,
          remedy: 'Set BELLWETHER_KEY to an ingest key.',
        };
  if (status >= 300 && status < 400)
    return {
      problem: `${url.host} sends elsewhere${location === undefined ? '' : `, to ${withoutQuery(location)}`}. The SDK does not follow, since a key must not go to another host.`,
      remedy: 'Set BELLWETHER_URL to the address that it names, without /v1/traces at its end.',
    };
  if (status === 429 || status === 502 || status === 503 || status === 504)
    return {
      problem: `${url.host} is there, but takes nothing now (status ${status}).${said}`,
      remedy: 'Try again in a minute. The SDK keeps telemetry until then. At the server, run: npx bellwether doctor.',
    };
  if (/\/v1\/(?:traces|logs|metrics)\/*$/.test(url.pathname))
    return {
      problem: `The address ends with ${url.pathname}, and the SDK adds the rest itself.`,
      remedy: `Leave that out: BELLWETHER_URL=${url.origin}`,
    };
  if (status === 404 || status === 405 || isPage)
    return {
      problem: `${url.host} answers, but does not take telemetry at ${url.pathname.replace(/\/+$/, '')}/v1/traces (status ${status}).${said}`,
      remedy:
        isPage || url.port === '4300'
          ? `These are pages for people. Telemetry goes to another port, 4318 unless told otherwise: ${setUrl}.`
          : `Is it the right port and path? If it is Bellwether, ${setUrl}, 4318 unless told otherwise.`,
    };
  return {
    problem: `${url.host} answers with status ${status}.${said}`,
    remedy: 'At the server, run: npx bellwether doctor.',
  };
}

/** What the server says of it, when that is for people. Bellwether's receiver says what to do as well. */
function saidBy(text: string, isPage: boolean): string {
  const line = (messageIn(text) ?? text.slice(0, 300))
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, 600);
  return isPage || line === '' ? '' : ` It says: ${line}`;
}

function messageIn(text: string): string | undefined {
  try {
    const body: unknown = JSON.parse(text);
    const error = memberOf(body, 'error');
    const [message, remedy] = [memberOf(error, 'message'), memberOf(error, 'remedy')];
    if (typeof message !== 'string') return undefined;
    return typeof remedy === 'string' ? `${message}. ${remedy}.` : `${message}.`;
  } catch {
    return undefined;
  }
}

function withoutQuery(location: string): string {
  return (location.split(/[?#]/, 1)[0] ?? '').slice(0, 200);
}
