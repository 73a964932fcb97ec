import type { ReactNode } from 'react';
import { Page } from '../parts/page.js';

export function LogsPage(): ReactNode {
  return <Page title="Logs">{undefined}</Page>;
}
