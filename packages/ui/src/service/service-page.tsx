import type { ReactNode } from 'react';
import { Page } from '../parts/page.js';

export function ServicePage(): ReactNode {
  return <Page title="Service">{undefined}</Page>;
}
