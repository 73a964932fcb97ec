import { useEffect, type ReactNode } from 'react';
import styles from './page.module.css';

type PageProps = {
  readonly title: string;
  /** Beside the title: status, facts. */
  readonly facts?: ReactNode;
  readonly actions?: ReactNode;
  /** Below the title line. */
  readonly tabs?: ReactNode;
  readonly children: ReactNode;
};

/** Title line, tabs, and the page's content with its gutter. */
export function Page({ title, facts, actions, tabs, children }: PageProps): ReactNode {
  useEffect(() => {
    document.title = `${title} · Bellwether`;
  }, [title]);
  return (
    <>
      <header className={styles['head']}>
        <h1>{title}</h1>
        {facts}
        {actions !== undefined && <div className={styles['actions']}>{actions}</div>}
      </header>
      {tabs}
      <div className={styles['content']}>{children}</div>
    </>
  );
}
