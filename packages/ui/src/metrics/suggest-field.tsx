import { useQuery } from '@tanstack/react-query';
import { useId, useState, type ReactNode } from 'react';
import styles from './builder.module.css';

type SuggestFieldProps = {
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly wide?: boolean;
  /** Names what `load` gives, so that it is asked for once. */
  readonly suggestionsOf: string;
  load(): Promise<readonly string[]>;
  onCommit(value: string): void;
};

const mostSuggestions = 200;

/** A text field that knows what there is; it takes anything. Enter or leaving it commits. */
export function SuggestField(props: SuggestFieldProps): ReactNode {
  const { label, value, placeholder, wide = false, suggestionsOf, load, onCommit } = props;
  const id = useId();
  const [text, setText] = useState(value);
  const [known, setKnown] = useState(value);
  const [hasFocus, setHasFocus] = useState(false);
  if (known !== value) {
    setKnown(value);
    setText(value);
  }
  const found = useQuery({
    queryKey: ['suggestions', suggestionsOf],
    queryFn: load,
    enabled: hasFocus,
    staleTime: 60_000,
    meta: { quiet: true },
  });
  const typed = text.toLowerCase();
  const shown = (found.data ?? []).filter(one => one.toLowerCase().includes(typed)).slice(0, mostSuggestions);

  function commit(): void {
    if (text === value) return;
    onCommit(text);
    // A field that only adds is empty again.
    if (value === '') setText('');
  }

  return (
    <>
      <input
        aria-label={label}
        autoComplete="off"
        className={styles['field']}
        data-wide={wide}
        list={id}
        onBlur={() => {
          setHasFocus(false);
          commit();
        }}
        onChange={event => {
          const next = event.target.value;
          setText(next);
          // A suggestion that was picked is meant at once.
          if (found.data?.includes(next) === true && !isTyped(event.nativeEvent)) onCommit(next);
        }}
        onFocus={() => setHasFocus(true)}
        onKeyDown={event => {
          if (event.key === 'Enter') commit();
        }}
        placeholder={placeholder}
        spellCheck={false}
        value={text}
      />
      <datalist id={id}>
        {shown.map(one => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </datalist>
    </>
  );
}

/** A letter that was typed, rather than a suggestion that was taken. */
function isTyped(event: Event): boolean {
  return event instanceof InputEvent && event.inputType !== 'insertReplacementText';
}
