import type { MapEdge } from '@bellwether/model';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatDuration, formatExact, formatPercent, formatRate } from '../format.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Missing } from '../parts/missing.js';
import { StatusMark } from '../parts/status-mark.js';
import { statusMarks, statusOrder, troubleRatio } from '../services/service-status.js';
import { edgeQuery, nodeTitle } from './map-words.js';
import styles from './map.module.css';
import { edgeId, type ShownMap, type ShownNode } from './shown-map.js';

type MapTableProps = { readonly map: ShownMap; onChoose(id: string): void };

type Row = { readonly edge: MapEdge; readonly from: ShownNode; readonly to: ShownNode };

/** The map as rows, one per edge: who calls whom and how it goes. */
export function MapTable({ map, onChoose }: MapTableProps): ReactNode {
  const nodes = new Map(map.nodes.map(node => [node.id, node]));
  const rows = map.edges.flatMap((edge): Row[] => {
    const from = nodes.get(edge.from);
    const to = nodes.get(edge.to);
    return from === undefined || to === undefined ? [] : [{ edge, from, to }];
  });
  return (
    <DataTable
      columns={columns(onChoose)}
      label="Calls between services"
      rowKey={row => edgeId(row.edge)}
      rows={rows}
      sortParam="sort"
      walks
    />
  );
}

function columns(onChoose: (id: string) => void): readonly Column<Row>[] {
  const end = (key: string, title: string, of: (row: Row) => ShownNode): Column<Row> => {
    return {
      key,
      title,
      value: row => nodeTitle(of(row)),
      cell: row => (
        <button className={styles['end']} onClick={() => onChoose(of(row).id)} type="button">
          {nodeTitle(of(row))}
        </button>
      ),
    };
  };
  return [
    {
      key: 'status',
      title: 'Status',
      width: '104px',
      fromPx: 600,
      value: ({ edge }) => statusOrder.indexOf(edge.status),
      cell: ({ edge }) => <StatusMark status={statusMarks[edge.status].mark} word={statusMarks[edge.status].word} />,
    },
    end('from', 'From', row => row.from),
    end('to', 'To', row => row.to),
    {
      key: 'how',
      title: 'How',
      width: '92px',
      fromPx: 800,
      value: ({ edge }) => (edge.isAsync ? 1 : 0),
      cell: ({ edge }) => (edge.isAsync ? 'by message' : 'by call'),
    },
    {
      key: 'rate',
      title: 'Calls',
      right: true,
      width: '84px',
      largestFirst: true,
      value: ({ edge }) => edge.callsPerSecond,
      unit: 'per second',
      cell: row => <Door row={row} text={formatRate(row.edge.callsPerSecond)} />,
    },
    {
      key: 'errors',
      title: 'Errors',
      right: true,
      width: '80px',
      largestFirst: true,
      value: ({ edge }) => edge.errorRatio,
      unit: 'ratio',
      cell: row =>
        row.edge.errorRatio === null ? (
          <Missing why="No calls in this time" />
        ) : (
          <span className={row.edge.errorRatio >= troubleRatio ? styles['trouble'] : undefined}>
            <Door more=" status:error" row={row} text={formatPercent(row.edge.errorRatio)} />
          </span>
        ),
    },
    {
      key: 'p95',
      title: 'p95',
      right: true,
      width: '84px',
      fromPx: 600,
      largestFirst: true,
      value: ({ edge }) => edge.p95Ms,
      unit: 'ms',
      cell: row =>
        row.edge.p95Ms === null ? (
          <Missing why="No calls in this time" />
        ) : (
          <Door row={row} text={formatDuration(row.edge.p95Ms)} />
        ),
    },
  ];
}

/** A figure that leads to the traces it was counted from. */
function Door({ row, text, more = '' }: { row: Row; text: string; more?: string }): ReactNode {
  const q = edgeQuery(row.from, row.to);
  if (q === undefined) return text;
  return (
    <Link search={{ q: `${q}${more}` }} title={`${formatExact(row.edge.calls)} calls: see their traces`} to="/traces">
      {text}
    </Link>
  );
}
