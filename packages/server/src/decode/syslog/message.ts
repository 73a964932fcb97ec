import { isUtf8 } from 'node:buffer';
import { nsOfRfc3339 } from '../rfc3339.js';
import { withoutLineEnd } from './line-end.js';
import { parseOldHeader } from './old-header.js';
import { parseStructuredData } from './structured-data.js';

/** What a syslog message says. '' and undefined: not said. */
export interface SyslogMessage {
  /** 0 (emergency) to 7 (debug). */
  readonly severity: number | undefined;
  /** 0 (kernel) to 23 (local7). */
  readonly facility: number | undefined;
  readonly timeNs: bigint | undefined;
  readonly host: string;
  readonly app: string;
  readonly procId: string;
  readonly messageId: string;
  /** Structured data, by element's id and parameter: `origin.ip`. A parameter that comes several times has all its values. */
  readonly data: ReadonlyMap<string, string | readonly string[]>;
  readonly text: string;
  /** Has it the form of RFC 5424 or RFC 3164? */
  readonly isWellFormed: boolean;
}

/**
 * Reads a message of RFC 5424 (https://www.rfc-editor.org/rfc/rfc5424), or of the older form that RFC 3164 describes. Nothing is refused: what does not
 * have the form is the text, with as much of the head as could be read. `receivedMs` gives the year that the older form leaves out.
 */
export function parseSyslog(message: Buffer, receivedMs: number): SyslogMessage {
  const bytes = withoutLineEnd(message);
  const all = isUtf8(bytes) ? bytes.toString('utf8') : bytes.toString('latin1');
  const [head = '', priority] = /^<(\d{1,3})>/.exec(all) ?? [];
  const number = Number(priority);
  if (priority === undefined || number > 191) return { ...nothing, text: withoutMark(all) };
  const rest = all.slice(head.length);
  const known = { ...nothing, severity: number % 8, facility: number >> 3 };
  return { ...known, ...(parseNew(rest) ?? parseOldHeader(rest, receivedMs)) };
}

const nothing: SyslogMessage = {
  severity: undefined,
  facility: undefined,
  timeNs: undefined,
  host: '',
  app: '',
  procId: '',
  messageId: '',
  data: new Map(),
  text: '',
  isWellFormed: false,
};

const header = /^1 (\S{1,64}) (\S{1,512}) (\S{1,512}) (\S{1,256}) (\S{1,256}) ?/;

/** `1 TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA [MSG]`; undefined when the text does not begin so. */
function parseNew(text: string): Partial<SyslogMessage> | undefined {
  const found = header.exec(text);
  if (found === null) return undefined;
  const [whole, time = '', host = '', app = '', procId = '', messageId = ''] = found;
  const timeNs = nsOfRfc3339(time);
  if (timeNs === undefined && time !== '-') return undefined;
  const structured = parseStructuredData(text, whole.length);
  const said = {
    timeNs,
    host: orNothing(host),
    app: orNothing(app),
    procId: orNothing(procId),
    messageId: orNothing(messageId),
  };
  if (structured === undefined) return { ...said, text: withoutMark(text.slice(whole.length)) };
  const message = withoutMark(text.slice(structured.end + 1));
  // A message of structured data alone shows it, rather than nothing.
  const shown = message === '' && structured.data.size > 0 ? text.slice(whole.length, structured.end) : message;
  return { ...said, data: structured.data, text: shown, isWellFormed: true };
}

const orNothing = (field: string): string => (field === '-' ? '' : field);

/** The byte order mark says that the text is UTF-8; it is no part of it. */
function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text.startsWith('ï»¿') ? text.slice(3) : text;
}
