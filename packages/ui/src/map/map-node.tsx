import { Handle, Position, type NodeProps, type Node } from '@xyflow/react';
import { Box, Boxes, Database, Globe, MemoryStick, Rows3, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { formatDuration, formatPercent, formatRate } from '../format.js';
import { StatusShape } from '../parts/status-mark.js';
import { statusMarks, troubleRatio } from '../services/service-status.js';
import { kindWords, nodeTitle } from './map-words.js';
import styles from './map.module.css';
import type { ShownNode } from './shown-map.js';

export type MapNodeData = {
  readonly node: ShownNode;
  readonly isChosen: boolean;
  /** Not next to the chosen one. */
  readonly isPale: boolean;
  onChoose(): void;
  onOpen(): void;
};

const icons: { readonly [kind in ShownNode['kind']]: LucideIcon } = {
  service: Box,
  database: Database,
  cache: MemoryStick,
  queue: Rows3,
  external: Globe,
};

/** A box with name, status shape, rate, errors and p95; a click chooses it, a second opens it. */
export function MapNodeBox({ data }: NodeProps<Node<MapNodeData>>): ReactNode {
  const { node, isChosen, isPale, onChoose, onOpen } = data;
  const isGroup = node.members.length > 1;
  const Icon = isGroup ? Boxes : icons[node.kind];
  const word = isGroup ? `Group of ${node.members.length}` : kindWords[node.kind];
  return (
    <>
      <Handle className={styles['handle']} isConnectable={false} position={Position.Left} type="target" />
      <button
        aria-pressed={isChosen}
        className={`nopan ${styles['node']}`}
        data-kind={isGroup ? 'group' : node.kind}
        data-pale={isPale}
        data-status={node.status}
        onClick={onChoose}
        onDoubleClick={onOpen}
        title={`${word}: ${nodeTitle(node)}`}
        type="button"
      >
        <span className={styles['name']}>
          <StatusShape status={statusMarks[node.status].mark} />
          <b>
            <span className="unseen">{word} </span>
            {nodeTitle(node)}
            <span className="unseen">, {statusMarks[node.status].word},</span>
          </b>
          <Icon aria-hidden="true" />
        </span>
        <span className={styles['figures']}>
          {node.calls === 0 ? (
            <span>no traffic</span>
          ) : (
            <>
              <span>{formatRate(node.callsPerSecond)}</span>
              <span className={(node.errorRatio ?? 0) >= troubleRatio ? styles['trouble'] : undefined}>
                {formatPercent(node.errorRatio)}
              </span>
              <span>{formatDuration(node.p95Ms)}</span>
            </>
          )}
        </span>
      </button>
      <Handle className={styles['handle']} isConnectable={false} position={Position.Right} type="source" />
    </>
  );
}
