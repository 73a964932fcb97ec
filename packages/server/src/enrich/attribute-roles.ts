import { isSecretKey, isUrlKey } from './secrets.js';

/**
 * What an attribute's name means to us. It is worked out once per different name and then kept beside it, so that asking costs nothing.
 * A role is a set of bits; `slot` is the place where a span remembers the attribute for its own columns, 0 for most.
 */
export const role = {
  known: 1,
  secret: 2,
  url: 4,
  query: 8,
  /** A statement to a database: its values are hidden, see `statement/`. */
  statement: 16,
  /** A value that was bound to a statement. */
  parameter: 32,
  /** A user's own data: `user.email` is there to be an address. */
  person: 64,
  /** One of our own machines, whose address is no person's. */
  machine: 128,
  slotShift: 8,
  slotMask: 255,
  /** Above: the number of the configured rules that hold, see `scrub/scrubber.ts`. */
  rulesShift: 16,
} as const;

/** Attributes that become columns or parts of `peer`; newer names come first, older ones stand in for them. */
export const slot = {
  none: 0,
  tenantId: 1,
  errorType: 2,
  dbSystem: 3,
  oldDbSystem: 4,
  dbNamespace: 5,
  oldDbNamespace: 6,
  messagingSystem: 7,
  messagingDestination: 8,
  oldMessagingDestination: 9,
  peerService: 10,
  oldPeerService: 11,
  serverAddress: 12,
  oldServerAddress: 13,
  serverPort: 14,
  oldServerPort: 15,
  eventName: 16,
  httpStatus: 17,
  oldHttpStatus: 18,
  statement: 19,
  oldStatement: 20,
  httpRoute: 21,
  urlPath: 22,
  httpTarget: 23,
  httpMethod: 24,
  oldHttpMethod: 25,
  exceptionType: 26,
  exceptionMessage: 27,
  exceptionStacktrace: 28,
  reportId: 29,
  messageTemplate: 30,
  ownFingerprint: 31,
  /** What logs call the event they tell of: `{event: 'order_status_changed'}`. */
  event: 32,
} as const;

export const slots = 33;

const slotOf: ReadonlyMap<string, number> = new Map([
  ['tenant.id', slot.tenantId],
  ['error.type', slot.errorType],
  ['db.system.name', slot.dbSystem],
  ['db.system', slot.oldDbSystem],
  ['db.namespace', slot.dbNamespace],
  ['db.name', slot.oldDbNamespace],
  ['messaging.system', slot.messagingSystem],
  ['messaging.destination.name', slot.messagingDestination],
  ['messaging.destination', slot.oldMessagingDestination],
  ['service.peer.name', slot.peerService],
  ['peer.service', slot.oldPeerService],
  ['server.address', slot.serverAddress],
  ['net.peer.name', slot.oldServerAddress],
  ['server.port', slot.serverPort],
  ['net.peer.port', slot.oldServerPort],
  ['event.name', slot.eventName],
  ['event', slot.event],
  ['http.response.status_code', slot.httpStatus],
  ['http.status_code', slot.oldHttpStatus],
  ['db.query.text', slot.statement],
  ['db.statement', slot.oldStatement],
  ['http.route', slot.httpRoute],
  ['url.path', slot.urlPath],
  ['http.target', slot.httpTarget],
  ['http.request.method', slot.httpMethod],
  ['http.method', slot.oldHttpMethod],
  ['exception.type', slot.exceptionType],
  ['exception.message', slot.exceptionMessage],
  ['exception.stacktrace', slot.exceptionStacktrace],
  ['sentry.event_id', slot.reportId],
  ['sentry.message.template', slot.messageTemplate],
  ['sentry.fingerprint', slot.ownFingerprint],
]);

export function roleOf(key: string): number {
  return (
    role.known |
    (isSecretKey(key) ? role.secret : 0) |
    (isUrlKey(key) ? role.url : 0) |
    (key === 'url.query' ? role.query : 0) |
    (key === 'db.query.text' || key === 'db.statement' ? role.statement : 0) |
    (key.startsWith('db.query.parameter.') ? role.parameter : 0) |
    (/^(?:sentry\.|datadog\.)?(?:user|enduser|usr)\./.test(key) ? role.person : 0) |
    (/^(?:server|host|destination|network\.local|net\.host|k8s|container|service|os)\./.test(key) ? role.machine : 0) |
    ((slotOf.get(key) ?? slot.none) << role.slotShift)
  );
}
