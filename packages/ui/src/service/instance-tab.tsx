import type { OverviewAnswer } from '@bellwether/model';
import type { ReactNode } from 'react';
import { formatAgo, formatFull, type Zone } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Card } from '../parts/card.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { Missing } from '../parts/missing.js';

type Instance = OverviewAnswer['instancesSeen'][number];

/** Where the service runs. */
export function InstanceTab({ answer }: { answer: OverviewAnswer }): ReactNode {
  const { nowMs, zone } = usePageRange();
  const rows = answer.instancesSeen;
  return (
    <Card note="seen in the last hour of the range" title="Instances">
      {rows.length === 0 ? (
        <Empty title="No instance was seen">
          <p>Instances are told apart by service.instance.id, else by host.name.</p>
        </Empty>
      ) : (
        <DataTable
          columns={columns(nowMs, zone)}
          label="Instances"
          rowKey={row => `${row.instance} ${row.version}`}
          rows={rows}
          sortParam="sort"
          walks
        />
      )}
    </Card>
  );
}

function columns(nowMs: number, zone: Zone): readonly Column<Instance>[] {
  return [
    {
      key: 'instance',
      title: 'Instance',
      value: row => row.instance,
      cell: row => <span className="mono">{row.instance}</span>,
    },
    {
      key: 'host',
      title: 'Host',
      width: '28%',
      fromPx: 600,
      value: row => row.host,
      cell: row => (row.host === '' ? <Missing why="It sends no host.name" /> : row.host),
    },
    {
      key: 'version',
      title: 'Version',
      width: '20%',
      value: row => row.version,
      cell: row => (row.version === '' ? <Missing why="It sends no service.version" /> : row.version),
    },
    {
      key: 'seen',
      title: 'Last seen',
      right: true,
      width: '130px',
      largestFirst: true,
      value: row => row.lastSeen,
      cell: row => <span title={formatFull(row.lastSeen, zone)}>{formatAgo(row.lastSeen, nowMs, zone)}</span>,
    },
  ];
}
