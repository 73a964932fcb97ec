import { Search } from 'lucide-react';
import { useId, useState, type ReactNode } from 'react';
import styles from './filter-field.module.css';

type FilterFieldProps = {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  onChange(value: string): void;
};

/** A plain text filter of what is on the page; `/` goes here, Escape empties it. */
export function FilterField({ label, placeholder, value, onChange }: FilterFieldProps): ReactNode {
  const id = useId();
  // The field keeps what is typed: the URL follows a moment later, and must not take letters back.
  const [text, setText] = useState(value);
  const [sent, setSent] = useState(value);
  if (value !== sent) {
    setSent(value);
    setText(value);
  }

  function change(next: string): void {
    setText(next);
    onChange(next);
  }

  return (
    <div className={styles['field']}>
      <label className="unseen" htmlFor={id}>
        {label}
      </label>
      <Search aria-hidden="true" />
      <input
        data-filter
        id={id}
        onChange={event => change(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Escape') change('');
        }}
        placeholder={placeholder}
        spellCheck={false}
        type="search"
        value={text}
      />
      <kbd aria-hidden="true">/</kbd>
    </div>
  );
}
