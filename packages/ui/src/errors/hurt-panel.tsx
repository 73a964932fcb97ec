import type { ErrorAnswer } from '@bellwether/model';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatCounted, formatExact, formatShare } from '../format.js';
import { Card } from '../parts/card.js';
import { Empty } from '../parts/empty.js';
import { writeTerm } from '../search/write-term.js';
import styles from './errors.module.css';

/** Who an error hurts most: tenants with their plan, and users; each leads to its traces. */
export function HurtPanel({ answer }: { readonly answer: ErrorAnswer }): ReactNode {
  const { error, tenants, users, plans } = answer;
  const share = (events: number): string => formatShare(events / Math.max(error.events, 1));
  return (
    <Card
      note={`${formatCounted(error.tenants, 'tenant', 'tenants')}, ${formatCounted(error.users, 'user', 'users')}`}
      title="Who is hurt"
    >
      {tenants.length === 0 && users.length === 0 ? (
        <Empty title="No event says who it was">
          <p>Set tenant.id and user.id in the application (setTenant, setUser).</p>
        </Empty>
      ) : (
        <ul className={styles['tags']}>
          {plans.length > 0 && (
            <li>
              <b>Plans</b>
              <ul>
                {plans.map(({ plan, events, tenants: hurt }) => (
                  <li key={plan} title={`${formatExact(events)} events of ${formatCounted(hurt, 'tenant', 'tenants')}`}>
                    <Bar share={events / Math.max(error.events, 1)} />
                    <span className="mono">{plan}</span>
                    <span className="num">{share(events)}</span>
                  </li>
                ))}
              </ul>
            </li>
          )}
          {tenants.length > 0 && (
            <li>
              <b>Tenants</b>
              <ul>
                {tenants.map(({ id, plan, events, users: hurt }) => (
                  <li key={id} title={`${formatExact(events)} events, ${formatCounted(hurt, 'user', 'users')}`}>
                    <Bar share={events / Math.max(error.events, 1)} />
                    <Link className="link mono" search={{ q: writeTerm('tenant', id) }} to="/traces">
                      {id}
                    </Link>
                    {plan !== '' && <span className={styles['facts']}>{plan}</span>}
                    <span className="num">{share(events)}</span>
                  </li>
                ))}
              </ul>
            </li>
          )}
          {users.length > 0 && (
            <li>
              <b>Users</b>
              <ul>
                {users.map(({ id, events }) => (
                  <li key={id} title={`${formatExact(events)} events`}>
                    <Bar share={events / Math.max(error.events, 1)} />
                    <Link className="link mono" search={{ q: writeTerm('user.id', id) }} to="/traces">
                      {id}
                    </Link>
                    <span className="num">{share(events)}</span>
                  </li>
                ))}
              </ul>
            </li>
          )}
        </ul>
      )}
    </Card>
  );
}

function Bar({ share }: { readonly share: number }): ReactNode {
  return <span className={styles['bar']} style={{ width: `${Math.min(Math.max(share * 100, 1), 100)}%` }} />;
}
