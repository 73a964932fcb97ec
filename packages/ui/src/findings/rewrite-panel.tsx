/* oxlint-disable jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keys (WCAG 2.1.1) */
import type { FindingRewrite } from '@bellwether/model';
import { useState, type ReactNode } from 'react';
import { Button } from '../parts/button.js';
import { Card } from '../parts/card.js';
import styles from './findings.module.css';

/** How to mend it, the best way first. */
export function RewritePanel({ rewrites }: { readonly rewrites: readonly FindingRewrite[] }): ReactNode {
  return (
    <Card title="How to mend it">
      <ol className={styles['rewrites']}>
        {rewrites.map(rewrite => (
          <li key={rewrite.title}>
            <h3>{rewrite.title}</h3>
            <p>{withNames(rewrite.explanation)}</p>
            {rewrite.code !== '' && <Code text={rewrite.code} title={rewrite.title} />}
          </li>
        ))}
      </ol>
    </Card>
  );
}

/** What stands between backticks is a name of code. */
function withNames(text: string): ReactNode[] {
  return text.split('`').map((part, at) => (at % 2 === 1 ? <code key={at}>{part}</code> : part));
}

function Code({ text, title }: { readonly text: string; readonly title: string }): ReactNode {
  const [copied, setCopied] = useState<boolean | undefined>(undefined);
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      setCopied(false);
    }
  }
  return (
    <div className={styles['code']}>
      <pre aria-label={title} tabIndex={0}>
        {text}
      </pre>
      <Button onClick={() => void copy()}>
        <span aria-live="polite">{copied === undefined ? 'Copy' : copied ? 'Copied' : 'Copy it by hand'}</span>
      </Button>
    </div>
  );
}
