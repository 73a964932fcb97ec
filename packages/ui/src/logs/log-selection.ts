/** Names one log line: its id is unique, its time says where to look for it. */
export type LogSelection = { readonly id: string; readonly timeNs: string };

/** `sel` in the URL: `<time in ns>.<id>`. */
export function writeSelection({ id, timeNs }: LogSelection): string {
  return `${timeNs}.${id}`;
}

/** The reverse; undefined for anything else. */
export function readSelection(text: string | undefined): LogSelection | undefined {
  const match = /^(\d{1,20})\.(\d{1,20})$/.exec(text ?? '');
  return match?.[1] === undefined || match[2] === undefined ? undefined : { timeNs: match[1], id: match[2] };
}
