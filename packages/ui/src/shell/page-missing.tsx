import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Empty } from '../parts/empty.js';
import { Page } from '../parts/page.js';

/** An address that names no page. */
export function PageMissing(): ReactNode {
  return (
    <Page title="No such page">
      <Empty title="No page has this address">
        <p>
          It may be an old link.{' '}
          <Link className="link" search={{}} to="/">
            Go to Home
          </Link>{' '}
          or pick a page of the navigation.
        </p>
      </Empty>
    </Page>
  );
}
