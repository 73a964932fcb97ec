import { useId, useState, type FormEvent, type ReactNode } from 'react';
import { formatRange, zoneName } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Button } from '../parts/button.js';
import { describeRange, lengthInWords, parseRange } from '../range-words.js';
import { presetLengthsMs, type Range } from '../time-range.js';
import { useUrlState } from '../url-state.js';
import { recentRanges, rememberRange } from './recent-ranges.js';
import styles from './range-form.module.css';

/** One field that takes what a person types or pastes; below it what is asked for most. */
export function RangeForm({ onDone }: { onDone(): void }): ReactNode {
  const { setRange, nowMs, zone } = usePageRange();
  const { set, get } = useUrlState();
  const [text, setText] = useState('');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [refused, setRefused] = useState(false);
  const [recent] = useState(recentRanges);
  const fieldId = useId();
  const hintId = useId();

  const parsed = text.trim() === '' ? undefined : parseRange(text, nowMs, zone);

  function choose(range: Range): void {
    rememberRange(range);
    setRange(range);
    onDone();
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (parsed === undefined) setRefused(true);
    else choose(parsed);
  }

  function submitPair(event: FormEvent): void {
    event.preventDefault();
    const range = parseRange(`${from} - ${to}`, Date.now(), zone);
    if (range !== undefined) choose(range);
  }

  return (
    <div className={styles['form']}>
      <form onSubmit={submit}>
        <label className={styles['label']} htmlFor={fieldId}>
          Time range
        </label>
        <input
          aria-describedby={hintId}
          aria-invalid={refused && parsed === undefined}
          autoComplete="off"
          // The popup opens by a key or a click for this field.
          autoFocus // oxlint-disable-line jsx-a11y/no-autofocus
          className={styles['input']}
          id={fieldId}
          onChange={event => {
            setText(event.target.value);
            setRefused(false);
          }}
          placeholder="15m, yesterday, since 14:00, 13:00 - 14:20"
          spellCheck={false}
          value={text}
        />
        <p className={styles['hint']} id={hintId} role="status">
          {hint(text, parsed, refused, nowMs, zone)}
        </p>
      </form>
      <div className={styles['presets']}>
        {presetLengthsMs.map(lengthMs => (
          <Button key={lengthMs} onClick={() => choose({ kind: 'sliding', lengthMs })}>
            {lengthInWords(lengthMs)}
          </Button>
        ))}
      </div>
      {recent.length > 0 && (
        <div>
          <p className={styles['label']}>Recent</p>
          <ul className={styles['recent']}>
            {recent.map(range => (
              <li key={JSON.stringify(range)}>
                <button onClick={() => choose(range)} type="button">
                  {describeRange(range, nowMs, zone)}
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
      <form className={styles['pair']} onSubmit={submitPair}>
        <label>
          <span className={styles['label']}>From</span>
          <input
            className={styles['input']}
            onChange={event => setFrom(event.target.value)}
            required
            type="datetime-local"
            value={from}
          />
        </label>
        <label>
          <span className={styles['label']}>To</span>
          <input
            className={styles['input']}
            onChange={event => setTo(event.target.value)}
            required
            type="datetime-local"
            value={to}
          />
        </label>
        <Button type="submit">Show</Button>
      </form>
      <div aria-label="Zone" className={styles['zone']} role="radiogroup">
        <span className={styles['label']}>Zone</span>
        <label>
          <input checked={get('tz') === undefined} name="zone" onChange={() => set({ tz: undefined })} type="radio" />
          This computer ({zoneName(nowMs)})
        </label>
        <label>
          <input checked={get('tz') === 'utc'} name="zone" onChange={() => set({ tz: 'utc' })} type="radio" />
          UTC
        </label>
      </div>
    </div>
  );
}

function hint(
  text: string,
  parsed: Range | undefined,
  refused: boolean,
  nowMs: number,
  zone: string | undefined,
): string {
  if (parsed !== undefined) {
    const words = describeRange(parsed, nowMs, zone);
    return parsed.kind === 'fixed'
      ? `${words}. Enter shows it.`
      : `${words}: ${describeMoments(parsed, nowMs, zone)}. Enter shows it.`;
  }
  if (refused) return 'This is no time range. Try 15m, yesterday, since 14:00 or 13:00 - 14:20.';
  return text.trim() === ''
    ? 'Also epoch times, ISO pairs, or a timestamp pasted from a log.'
    : 'Not a time range yet.';
}

function describeMoments(range: Range, nowMs: number, zone: string | undefined): string {
  const fromMs = range.kind === 'sliding' ? nowMs - range.lengthMs : range.fromMs;
  return formatRange(fromMs, nowMs, nowMs, zone);
}
