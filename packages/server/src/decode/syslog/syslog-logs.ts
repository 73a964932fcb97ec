import { readLine } from '../log-line.js';
import { logsRequest, type Group, type LogItem, type Value } from '../otlp-writer.js';
import type { Part } from '../parts.js';
import type { SyslogMessage } from './message.js';
import { severities } from './severities.js';

/** A message, and the address it came from ('' when it is not known). */
export interface ReceivedSyslog {
  readonly message: SyslogMessage;
  readonly from: string;
  readonly receivedMs: number;
}

/** Syslog's messages as an OTLP request: one resource for each host and program. */
export function syslogParts(received: readonly ReceivedSyslog[]): readonly Part[] {
  const groups = new Map<string, Group<LogItem> & { readonly items: LogItem[] }>();
  for (const one of received) {
    const { app, host } = one.message;
    const source = `${host} ${app}`;
    const group = groups.get(source) ?? { resource: resourceOf(one.message), items: [] };
    group.items.push(itemOf(one));
    groups.set(source, group);
  }
  return [{ signal: 'logs', body: logsRequest([...groups.values()]) }];
}

const facilities =
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit alert clock local0 local1 local2 local3 local4 local5 local6 local7'.split(
    ' ',
  );

function resourceOf({ app, host }: SyslogMessage): readonly (readonly [string, Value])[] {
  return [
    ['service.name', app || undefined],
    ['host.name', host || undefined],
  ];
}

function itemOf({ message, from, receivedMs }: ReceivedSyslog): LogItem {
  const { severity, facility, timeNs, procId, messageId, data, text } = message;
  const line = readLine(text);
  const level = severities[severity ?? -1] ?? line.level;
  const isPid = /^\d{1,10}$/.test(procId);
  return {
    timeNs: timeNs ?? BigInt(receivedMs) * 1_000_000n,
    severityText: level?.text,
    severityNumber: level?.number,
    body: text,
    attributes: [
      ['syslog.facility', facilities[facility ?? -1]],
      [isPid ? 'process.pid' : 'syslog.procid', isPid ? Number(procId) : procId || undefined],
      ['syslog.msgid', messageId || undefined],
      ...[...data].map(([name, value]) => [`syslog.${name}`, value] as const),
      ['network.peer.address', from || undefined],
    ],
    traceId: line.traceId,
    spanId: line.spanId,
  };
}
