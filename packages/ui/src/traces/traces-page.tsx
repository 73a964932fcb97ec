import type { ReactNode } from 'react';
import { Page } from '../parts/page.js';

export function TracesPage(): ReactNode {
  return <Page title="Traces">{undefined}</Page>;
}
