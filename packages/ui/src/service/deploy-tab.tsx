import type { OverviewAnswer } from '@bellwether/model';
import type { ReactNode } from 'react';
import { Card } from '../parts/card.js';
import { DeployList } from './change-panel.js';

/** When which version was first seen. */
export function DeployTab({ answer }: { answer: OverviewAnswer }): ReactNode {
  return (
    <Card note="first sight of a version" title="Deploys">
      <DeployList answer={answer} />
    </Card>
  );
}
