import type { ReactNode } from 'react';
import { Page } from '../parts/page.js';

export function HomePage(): ReactNode {
  return <Page title="Home">{undefined}</Page>;
}
