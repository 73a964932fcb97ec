import type { Attribute } from '@bellwether/model';
import { Check, Copy } from 'lucide-react';
import { Fragment, type ReactNode, useState } from 'react';
import styles from './attribute-list.module.css';

/** Values longer than this are cut to a few lines until they are clicked. */
const longValueLength = 280;
const shownAtFirst = 12;

/** A button beside a value. */
export type AttributeAct = { readonly label: string; readonly icon: ReactNode; readonly run: () => void };

type AttributeListProps = {
  readonly attributes: readonly Attribute[];
  /** What can be done with a value, besides copying it. */
  readonly acts?: (attribute: Attribute) => readonly AttributeAct[];
};

/** Attributes as they were sent, in their order. */
export function AttributeList({ attributes, acts }: AttributeListProps): ReactNode {
  const [all, setAll] = useState(false);
  const shown = all ? attributes : attributes.slice(0, shownAtFirst);
  return (
    <>
      <dl className={styles.list}>
        {shown.map((attribute, index) => (
          // Keys may repeat in what a sender sends.
          <Pair key={`${index} ${attribute.key}`} attribute={attribute} acts={acts?.(attribute) ?? []} />
        ))}
      </dl>
      {shown.length < attributes.length && (
        <button className={styles.more} type="button" onClick={() => setAll(true)}>
          All {attributes.length}
        </button>
      )}
    </>
  );
}

function Pair({
  attribute,
  acts,
}: {
  readonly attribute: Attribute;
  readonly acts: readonly AttributeAct[];
}): ReactNode {
  const { key, value, type } = attribute;
  const [open, setOpen] = useState(false);
  const cut = value.length > longValueLength && !open;
  return (
    <div className={styles.pair}>
      <dt className={styles.key}>{brokenAtDots(key)}</dt>
      <dd className={styles.value} title={type === 'string' ? undefined : type}>
        {value === '' ? '""' : <span className={cut ? styles.long : undefined}>{value}</span>}
        {value.length > longValueLength && (
          <button className={styles.more} type="button" onClick={() => setOpen(!open)}>
            {open ? 'Less' : 'All of it'}
          </button>
        )}
        <span className={styles.acts}>
          {acts.map(({ label, icon, run }) => (
            <button
              key={label}
              className={styles.act}
              type="button"
              title={label}
              aria-label={`${label}: ${key}`}
              onClick={run}
            >
              {icon}
            </button>
          ))}
          <CopyButton text={value} label={`Copy value of ${key}`} />
        </span>
      </dd>
    </div>
  );
}

/** A long key breaks behind its dots and underscores, not within a word. */
function brokenAtDots(key: string): ReactNode {
  return key.split(/(?<=[._])/).map((part, index) => (
    <Fragment key={`${index} ${part}`}>
      {part}
      <wbr />
    </Fragment>
  ));
}

/** Copies `text` and says so for a moment. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }): ReactNode {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <button
      className={styles.act}
      type="button"
      title={copied ? 'Copied' : 'Copy'}
      aria-label={label}
      onClick={() => void copy()}
    >
      {copied ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />}
    </button>
  );
}
