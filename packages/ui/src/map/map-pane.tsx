import type { MapEdge } from '@bellwether/model';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatDuration, formatExact, formatPercent, formatRate } from '../format.js';
import { Button, buttonClass } from '../parts/button.js';
import { StatusMark, StatusShape } from '../parts/status-mark.js';
import { statusMarks } from '../services/service-status.js';
import { figureWords, kindWords, nodeQuery, nodeTitle } from './map-words.js';
import styles from './map.module.css';
import type { ShownMap, ShownNode } from './shown-map.js';

type MapPaneProps = {
  readonly map: ShownMap;
  readonly node: ShownNode;
  onChoose(id: string): void;
  onOpenGroup(id: string): void;
};

/** Where more is told of what is no service. */
const pages = {
  database: { to: '/databases', name: 'Databases' },
  cache: { to: '/caches', name: 'Caches' },
  queue: { to: '/tasks', name: 'Tasks and queues' },
  external: { to: '/external', name: 'External services' },
} as const;

/** What is known of one node: figures, who calls it, what it calls, and where to go on. */
export function MapPane({ map, node, onChoose, onOpenGroup }: MapPaneProps): ReactNode {
  const isGroup = node.members.length > 1;
  const q = nodeQuery(node);
  const facts = [
    isGroup ? `Group of ${node.members.length}` : kindWords[node.kind],
    node.team,
    node.namespace,
    ...node.environments,
  ];
  return (
    <div className={styles['pane-body']}>
      <h2>{nodeTitle(node)}</h2>
      <p className={styles['facts']}>{facts.filter(fact => fact !== '').join(' · ')}</p>
      <StatusMark look="chip" status={statusMarks[node.status].mark} word={statusMarks[node.status].word} />
      <dl className={styles['numbers']}>
        <Fact
          name={node.kind === 'service' ? 'Requests' : 'Calls'}
          title={formatExact(node.calls)}
          value={formatRate(node.callsPerSecond)}
        />
        <Fact name="Errors" value={formatPercent(node.errorRatio)} />
        <Fact name="p95" value={formatDuration(node.p95Ms)} />
      </dl>
      <div className={styles['ways']}>
        {isGroup && <Button onClick={() => onOpenGroup(node.id)}>Show its {node.members.length} members</Button>}
        {!isGroup && node.kind === 'service' && (
          <Link className={buttonClass()} params={{ service: node.name }} search={{}} to="/services/$service">
            Overview
          </Link>
        )}
        {!isGroup && node.kind !== 'service' && (
          <Link className={buttonClass()} search={{}} to={pages[node.kind].to}>
            {pages[node.kind].name}
          </Link>
        )}
        {q !== undefined && (
          <>
            <Link className={buttonClass()} search={{ q }} to="/traces">
              Traces
            </Link>
            <Link className={buttonClass()} search={{ q: `${q} status:error` }} to="/traces">
              Failed traces
            </Link>
          </>
        )}
        {!isGroup && node.kind === 'service' && (
          <Link className={buttonClass()} search={{ q }} to="/logs">
            Logs
          </Link>
        )}
      </div>
      {isGroup && (
        <ul className={styles['neighbours']}>
          {node.members.map(member => (
            <li key={member.id}>
              <StatusShape status={statusMarks[member.status].mark} />
              <span>{nodeTitle(member)}</span>
              <span className={styles['facts']}>{figureWords(member)}</span>
            </li>
          ))}
        </ul>
      )}
      <Neighbours
        edges={map.edges.filter(edge => edge.to === node.id)}
        map={map}
        of={edge => edge.from}
        onChoose={onChoose}
        title="Called by"
      />
      <Neighbours
        edges={map.edges.filter(edge => edge.from === node.id)}
        map={map}
        of={edge => edge.to}
        onChoose={onChoose}
        title="Calls"
      />
    </div>
  );
}

function Fact({ name, value, title }: { name: string; value: string; title?: string }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd title={title}>{value}</dd>
    </div>
  );
}

function endTitle({ nodes }: ShownMap, id: string): string {
  const node = nodes.find(each => each.id === id);
  return node === undefined ? id : nodeTitle(node);
}

type NeighboursProps = {
  readonly title: string;
  readonly map: ShownMap;
  readonly edges: readonly MapEdge[];
  of(edge: MapEdge): string;
  onChoose(id: string): void;
};

function Neighbours({ title, map, edges, of, onChoose }: NeighboursProps): ReactNode {
  if (edges.length === 0) return undefined;
  return (
    <section>
      <h3>{title}</h3>
      <ul className={styles['neighbours']}>
        {edges.map(edge => (
          <li key={of(edge)}>
            <StatusShape status={statusMarks[edge.status].mark} />
            <button className={styles['end']} onClick={() => onChoose(of(edge))} type="button">
              {endTitle(map, of(edge))}
            </button>
            <span className={styles['facts']}>{figureWords(edge)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
