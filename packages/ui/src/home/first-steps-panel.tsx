import { Tabs } from '@base-ui/react/tabs';
import type { StatusAnswer } from '@bellwether/model';
import { Check as CheckIcon, Copy } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Button } from '../parts/button.js';
import { Card } from '../parts/card.js';
import { checks, snippets, type Check, type Snippet } from './first-steps.js';
import styles from './home.module.css';
import { RejectionList } from './rejection-list.js';

/** The first five minutes: one line to copy, then checks that tick as data arrives. */
export function FirstStepsPanel({ status }: { status: StatusAnswer }): ReactNode {
  return (
    <div className={styles['steps']}>
      <Card title="1. Connect your application">
        <Snippets all={snippets(status)} />
      </Card>
      <Card note="looks every 2 s" title="2. Wait for the first event">
        <CheckList all={checks(status)} />
        <RejectionList status={status} />
      </Card>
      <Card title="3. See it">
        <p className={styles['text']}>
          The first trace opens here by itself as soon as it is stored, about two seconds after it was sent.
        </p>
      </Card>
    </div>
  );
}

function Snippets({ all }: { all: readonly Snippet[] }): ReactNode {
  return (
    <Tabs.Root className={styles['snippets']} defaultValue={all[0]?.name}>
      <Tabs.List aria-label="How to connect" className={styles['tabs']}>
        {all.map(({ name }) => (
          <Tabs.Tab className={styles['tab']} key={name} value={name}>
            {name}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {all.map(snippet => (
        <Tabs.Panel className={styles['panel']} key={snippet.name} value={snippet.name}>
          <CopyBox text={snippet.text} />
          <p className={styles['note']}>{snippet.note}</p>
        </Tabs.Panel>
      ))}
    </Tabs.Root>
  );
}

function CopyBox({ text }: { text: string }): ReactNode {
  const [copied, setCopied] = useState(false);
  return (
    <div className={styles['copy']}>
      <pre className="mono">{text}</pre>
      <Button
        aria-label="Copy"
        onClick={() => {
          void navigator.clipboard.writeText(text).then(() => setCopied(true));
        }}
      >
        {copied ? <CheckIcon aria-hidden="true" /> : <Copy aria-hidden="true" />}
        {copied ? 'Copied' : 'Copy'}
      </Button>
    </div>
  );
}

const stateWords = { done: 'Done', waiting: 'Waiting', failed: 'Failed' } as const;

/** Each check with its state as shape, colour and word. */
export function CheckList({ all }: { all: readonly Check[] }): ReactNode {
  return (
    <ul aria-live="polite" className={styles['checks']}>
      {all.map(({ name, state, detail }) => (
        <li data-state={state} key={name}>
          <span className={styles['box']}>
            {state === 'done' ? <CheckIcon aria-hidden="true" /> : state === 'failed' ? '!' : ''}
          </span>
          <span className="unseen">{stateWords[state]}: </span>
          <b>{name}</b>
          <span className={styles['detail']}>{detail}</span>
        </li>
      ))}
    </ul>
  );
}
