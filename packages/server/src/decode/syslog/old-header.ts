import { nsOfRfc3339 } from '../rfc3339.js';
import type { SyslogMessage } from './message.js';

/**
 * The head that RFC 3164 (https://www.rfc-editor.org/rfc/rfc3164) found in use: `Mmm dd hh:mm:ss HOST TAG[PID]: text`. Senders differ; the host, the
 * tag and the pid may each be missing, and the time may be written as in RFC 3339.
 *
 * Such a time has neither year nor zone: it is read in the receiver's time zone (`TZ`), in the year that brings it nearest to the time of arrival.
 */
export function parseOldHeader(text: string, receivedMs: number): Partial<SyslogMessage> {
  const time = timeAt(text, receivedMs);
  if (time === undefined) return { text, isWellFormed: false };
  let rest = text.slice(time.length);
  let host = '';
  const first = /^(\S{1,255}) +/.exec(rest);
  // Without a host the tag comes first; it ends with a colon or a bracket.
  if (first?.[1] !== undefined && !/[:\]]$/.test(first[1])) {
    host = first[1];
    rest = rest.slice(first[0].length);
  }
  const [tag = '', app = '', procId = ''] = /^([^\s:[\]]{1,128})(?:\[([^\]\s]{1,64})\])?: ?/.exec(rest) ?? [];
  return { timeNs: time.ns, host, app, procId, text: rest.slice(tag.length), isWellFormed: true };
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const old = /^([A-Z][a-z]{2}) {1,2}(\d{1,2}) (?:(\d{4}) )?(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?:? +/;

function timeAt(text: string, receivedMs: number): { readonly ns: bigint; readonly length: number } | undefined {
  const found = old.exec(text);
  if (found === null) {
    const [whole = '', written = ''] = /^(\d{4}-\S{1,40}) +/.exec(text) ?? [];
    const ns = nsOfRfc3339(written);
    return ns === undefined ? undefined : { ns, length: whole.length };
  }
  const [whole, monthName = '', day, year, hour, minute, second, fraction = ''] = found;
  const month = months.indexOf(monthName);
  if (month < 0 || Number(day) > 31 || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60)
    return undefined;
  const inYear = (candidate: number): number =>
    new Date(candidate, month, Number(day), Number(hour), Number(minute), Number(second)).getTime();
  const thisYear = new Date(receivedMs).getFullYear();
  const candidates = year === undefined ? [thisYear - 1, thisYear, thisYear + 1].map(inYear) : [inYear(Number(year))];
  const distance = (ms: number): number => Math.abs(ms - receivedMs);
  const ms = candidates.reduce((best, other) => (distance(other) < distance(best) ? other : best));
  return { ns: BigInt(Math.max(ms, 0)) * 1_000_000n + BigInt(fraction.padEnd(9, '0')), length: whole.length };
}
