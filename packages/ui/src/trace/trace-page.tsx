import type { ReactNode } from 'react';
import { Page } from '../parts/page.js';

export function TracePage(): ReactNode {
  return <Page title="Trace">{undefined}</Page>;
}
