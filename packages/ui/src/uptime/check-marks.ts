import type { CheckRow, CheckState, FailureReason } from '@bellwether/model';
import type { Status } from '../parts/status-mark.js';

/** How the state of a check is drawn. */
export const stateMarks: { readonly [state in CheckState]: { readonly mark: Status; readonly word: string } } = {
  down: { mark: 'crit', word: 'Down' },
  flapping: { mark: 'warn', word: 'Flapping' },
  up: { mark: 'ok', word: 'Up' },
  maintenance: { mark: 'muted', word: 'Maintenance' },
  pending: { mark: 'none', word: 'No data' },
  paused: { mark: 'muted', word: 'Paused' },
};

/** The worst first. */
export const states: readonly CheckState[] = ['down', 'flapping', 'maintenance', 'pending', 'up', 'paused'];

export const reasonWords: { readonly [reason in FailureReason]: string } = {
  dns: 'Name',
  'forbidden-address': 'Internal address',
  connect: 'Connection',
  tls: 'TLS',
  timeout: 'Timeout',
  status: 'Status',
  body: 'Text',
  slow: 'Too slow',
  certificate: 'Certificate',
  answer: 'Record',
  late: 'Late',
};

export const kindWords: { readonly [kind in CheckRow['kind']]: string } = {
  http: 'HTTP',
  tcp: 'TCP',
  dns: 'DNS',
  tls: 'TLS certificate',
  heartbeat: 'Heartbeat',
};

/** A day counts as an outage when more of its runs failed than one in twenty-five: an hour of the day. */
const outageRatio = 0.04;

export const isOutage = (day: CheckRow['days'][number]): boolean =>
  day !== null && day.runs > 0 && day.failed / day.runs > outageRatio;
