import { useMemo, useState, type ReactNode } from 'react';
import { formatChange, formatShare } from '../format.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { FlameGraph } from './flame-graph.js';
import { flameModel, flameRows, type FlameInput, type FlameRow } from './flame-model.js';
import styles from './flame.module.css';

type FlamePanelProps = {
  readonly frames: readonly FlameInput[];
  /** What a row of the table is: a function, an operation. */
  readonly what: string;
  format(value: number): string;
};

const shownRows = 300;

/** The picture and its table: choosing in one chooses in the other. */
export function FlamePanel({ frames, what, format }: FlamePanelProps): ReactNode {
  const model = useMemo(() => flameModel(frames), [frames]);
  const rows = useMemo(() => flameRows(model).slice(0, shownRows), [model]);
  const [chosenOf, setChosen] = useState<{ readonly model: unknown; readonly frame: number }>({ model, frame: -1 });
  const chosen = chosenOf.model === model ? chosenOf.frame : -1;
  const choose = (frame: number): void => setChosen({ model, frame });
  if (model.whole === 0) return <Empty title="Nothing was measured here" />;
  return (
    <div className={styles['panel']}>
      <FlameGraph chosen={chosen} format={format} model={model} onChoose={choose} />
      <div className={styles['table']}>
        <DataTable
          columns={columns(
            what,
            model.whole,
            format,
            frames.some(frame => frame.before !== undefined),
          )}
          label={`By ${what.toLowerCase()}`}
          onOpen={row => choose(row.frame)}
          rowKey={row => `${row.group} ${row.name} ${row.place}`}
          rowPx={44}
          rows={rows}
          sortParam="sort"
          walks
        />
      </div>
    </div>
  );
}

function columns(
  what: string,
  whole: number,
  format: (value: number) => string,
  isCompared: boolean,
): readonly Column<FlameRow>[] {
  const number = (key: string, title: string, hint: string, of: (row: FlameRow) => number): Column<FlameRow> => {
    return {
      key,
      title,
      hint,
      right: true,
      width: '84px',
      largestFirst: true,
      value: of,
      cell: row => <span title={formatShare(of(row) / whole)}>{format(of(row))}</span>,
    };
  };
  return [
    {
      key: 'name',
      title: what,
      cell: row => (
        <span className={styles['name']} title={`${row.name} ${row.place}`}>
          <b>{row.name}</b>
          <span>{[row.group, row.place].filter(text => text !== '').join(' · ')}</span>
        </span>
      ),
    },
    number('self', 'Itself', 'Without what it calls', row => row.self),
    number('total', 'Total', 'With what it calls', row => row.total),
    ...(isCompared
      ? [
          {
            key: 'change',
            title: 'Change',
            right: true,
            width: '76px',
            largestFirst: true,
            value: (row: FlameRow) => row.total - (row.before ?? 0),
            cell: (row: FlameRow) =>
              row.before === undefined || row.before === 0 ? 'new' : formatChange(row.total / row.before - 1),
          },
        ]
      : []),
  ];
}
