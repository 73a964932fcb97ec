import type { ReactNode } from 'react';
import { Page } from '../parts/page.js';

export function ServicesPage(): ReactNode {
  return <Page title="Services">{undefined}</Page>;
}
