/* oxlint-disable jsx-a11y/prefer-tag-over-role -- positioned rows and handles on a canvas have no tags of their own */
import { type CSSProperties, memo, type ReactNode } from 'react';
import { formatCount, formatDurationUs } from '../format.js';
import { groupNoun, isNPlusOne } from './group-words.js';
import { kindConsumer, statusError } from './span-tree.js';
import { placed, type TimeWindow } from './time-window.js';
import type { TraceModel } from './trace-model.js';
import type { SpanGroup, WaterfallRows } from './waterfall.js';
import styles from './waterfall-view.module.css';
import { slotClass, WorkerKey } from './worker-key.js';

/** Pixels; `--span-row` in tokens.css. */
export const spanRowPx = 26;

/** A group of at most this many members is drawn as single bars; a larger one, or one of many groups, as one path. */
const drawnSinglyAtMost = 40;
const fewGroups = 12;
const logMarksAtMost = 12;

type SpanRowProps = {
  readonly model: TraceModel;
  readonly rows: WaterfallRows;
  readonly row: number;
  readonly window: TimeWindow;
  readonly selected: boolean;
  /** Undefined when nothing stands below it. */
  readonly expanded: boolean | undefined;
  readonly showPath: boolean;
  /** What the reader looks for, in lower case; undefined when nothing. */
  readonly find: string | undefined;
  readonly found: boolean;
  /** Moments of the span's log lines, microseconds since the trace's start. */
  readonly logTimesUs: readonly number[] | undefined;
};

/** One line of the waterfall: a span, or a group of alike spans. */
export const SpanRow = memo(function SpanRow(props: SpanRowProps): ReactNode {
  const { model, rows, row, window, expanded, find } = props;
  const { spans, trace } = model;
  const span = rows.span[row]!;
  const group = rows.groups[rows.group[row]!];
  const worker = model.workerOf[span]!;
  const slot = model.slotOf[worker] ?? 1;
  const name = trace.names[spans.name[span]!] ?? '';
  const failed = group === undefined ? spans.status[span] === statusError : group.errorCount > 0;
  const suspicious = group !== undefined && isNPlusOne(spans, group);
  // Whom a call went to; when the called one sent no spans it is the worker already.
  const peer = spans.peer[span] ?? '';
  const calls = group === undefined && peer !== '' && peer !== model.workers[worker] ? peer : undefined;
  const durationUs = group?.totalUs ?? spans.durationUs[span]!;
  const classes = [styles.row, slotClass(slot)];
  if (suspicious) classes.push(styles.nPlusOne ?? '');
  if (find !== undefined && !props.found) classes.push(styles.dim ?? '');
  const position: CSSProperties = { transform: `translateY(${row * spanRowPx}px)` };
  return (
    <div
      id={`span-row-${row}`}
      className={classes.join(' ')}
      style={position}
      role="row"
      aria-rowindex={row + 1}
      aria-level={rows.depth[row]! + 1}
      aria-selected={props.selected}
      aria-expanded={expanded}
      data-row={row}
    >
      <div className={styles.name} role="gridcell">
        <Indent depth={rows.depth[row]!} />
        <Twist expanded={expanded} members={group?.members.length} />
        <WorkerKey slot={slot} />
        <span className={styles.worker}>{model.workers[worker]}</span>
        <span className={styles.operationBox}>
          <span className={styles.operation} title={name}>
            <Found text={name} find={find} />
          </span>
          {calls !== undefined && <span className={styles.calls}>to {calls}</span>}
          {failed && <FailedMark />}
          {suspicious && <NPlusOneChip />}
          {model.tree.orphan[span] === 1 && rows.depth[row] === 0 && (
            <span
              className={styles.missing}
              title="Its parent span is not in this trace: not sent, not yet here, or lost"
            >
              parent missing
            </span>
          )}
        </span>
      </div>
      <div
        className={durationUs > trace.durationUs / 2 ? `${styles.duration} ${styles.long}` : styles.duration}
        role="gridcell"
      >
        {formatDurationUs(durationUs)}
      </div>
      <div className={styles.timeline} role="gridcell">
        <span className="unseen">from {formatDurationUs(spans.startUs[span])}</span>
        <div className={styles.clip}>
          <div className={styles.plot}>
            {group === undefined ? (
              <SpanBar {...props} span={span} window={window} failed={failed} />
            ) : (
              <GroupBars
                model={model}
                group={group}
                window={window}
                showPath={props.showPath}
                expanded={expanded}
                singly={group.members.length <= drawnSinglyAtMost && rows.groups.length <= fewGroups}
              />
            )}
          </div>
        </div>
      </div>
    </div>
  );
});

function Indent({ depth }: { readonly depth: number }): ReactNode {
  // React's type of `style` does not know custom properties.
  const style = { '--depth': depth } as CSSProperties;
  return <span className={styles.indent} style={style} />;
}

function Twist({
  expanded,
  members,
}: {
  readonly expanded: boolean | undefined;
  readonly members: number | undefined;
}): ReactNode {
  if (expanded === undefined) return <span className={styles.twist} />;
  return (
    <span className={expanded ? styles.twist : `${styles.twist} ${styles.shut}`} data-twist="" aria-hidden="true">
      {members !== undefined && !expanded ? (
        <span className={styles.members}>{formatCount(members)}</span>
      ) : (
        <svg viewBox="0 0 16 16">
          <path d="M4 6.5 8 10.5l4-4" />
        </svg>
      )}
    </span>
  );
}

/** The square that says error, drawn small. */
export function FailedMark(): ReactNode {
  return (
    <span className={styles.failed} role="img" aria-label="error">
      <svg viewBox="0 0 10 10" aria-hidden="true">
        <rect width="10" height="10" rx="1.6" fill="currentColor" />
        <path d="M5 2.2v3.4M5 7.3v.6" stroke="var(--surface)" strokeWidth="1.5" strokeLinecap="round" />
      </svg>
    </span>
  );
}

/** Says that the same work was done again and again where once would do. */
export function NPlusOneChip(): ReactNode {
  return (
    <span className={styles.chip} title="The same query or call, one after the other: one for all would do">
      <svg viewBox="0 0 10 10" aria-hidden="true">
        <path fill="currentColor" d="M5 .3 10 9.6H0z" />
      </svg>
      N+1
    </span>
  );
}

function Found({ text, find }: { readonly text: string; readonly find: string | undefined }): ReactNode {
  const at = find === undefined ? -1 : text.toLowerCase().indexOf(find);
  if (find === undefined || at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, at + find.length)}</mark>
      {text.slice(at + find.length)}
    </>
  );
}

function SpanBar({
  model,
  span,
  window,
  showPath,
  failed,
  logTimesUs,
}: SpanRowProps & { readonly span: number; readonly failed: boolean }): ReactNode {
  const { spans, path } = model;
  const startUs = spans.startUs[span]!;
  const classes = [styles.bar];
  if (spans.kind[span] === kindConsumer) classes.push(styles.async);
  if (failed) classes.push(styles.bad);
  return (
    <>
      {showPath && path.onPath[span] === 1 && (
        <Stretch className={styles.path} window={window} fromUs={path.fromUs[span]!} toUs={path.toUs[span]!} />
      )}
      <Stretch
        className={classes.join(' ')}
        window={window}
        fromUs={startUs}
        toUs={startUs + spans.durationUs[span]!}
      />
      {logTimesUs !== undefined && <LogMarks window={window} timesUs={logTimesUs} />}
    </>
  );
}

type StretchProps = {
  readonly className: string | undefined;
  readonly window: TimeWindow;
  readonly fromUs: number;
  readonly toUs: number;
};

function Stretch({ className, window, fromUs, toUs }: StretchProps): ReactNode {
  const place = placed(window, fromUs, toUs);
  if (place === undefined) return null;
  return <i className={className} style={{ left: `${place.leftPercent}%`, width: `${place.widthPercent}%` }} />;
}

/** Diamonds; those that would touch become one. */
function LogMarks({
  window,
  timesUs,
}: {
  readonly window: TimeWindow;
  readonly timesUs: readonly number[];
}): ReactNode {
  const marks: number[] = [];
  for (const timeUs of timesUs) {
    const place = placed(window, timeUs, timeUs);
    if (place === undefined || place.leftPercent < 0 || place.leftPercent > 100) continue;
    if (place.leftPercent - (marks.at(-1) ?? -Infinity) >= 0.9) marks.push(place.leftPercent);
    if (marks.length === logMarksAtMost) break;
  }
  return marks.map(left => <i key={left} className={styles.log} style={{ left: `${left}%` }} />);
}

type GroupBarsProps = {
  readonly model: TraceModel;
  readonly group: SpanGroup;
  readonly window: TimeWindow;
  readonly showPath: boolean;
  readonly expanded: boolean | undefined;
  readonly singly: boolean;
};

function GroupBars({ model, group, window, showPath, expanded, singly }: GroupBarsProps): ReactNode {
  const { spans, path } = model;
  const onPath = showPath ? group.members.filter(member => path.onPath[member] === 1) : undefined;
  const first = onPath?.[0];
  const last = onPath?.at(-1);
  const end = placed(window, group.endUs, group.endUs)?.leftPercent;
  // No room to the right of the last bar: the words go to the left of the first one.
  const toLeft = end === undefined || end > 80;
  const labelAt = toLeft ? placed(window, group.startUs, group.startUs)?.leftPercent : end;
  return (
    <>
      {first !== undefined && last !== undefined && (
        <Stretch className={styles.path} window={window} fromUs={path.fromUs[first]!} toUs={path.toUs[last]!} />
      )}
      {singly ? (
        Array.from(group.members, member => (
          <Stretch
            key={member}
            className={styles.bar}
            window={window}
            fromUs={spans.startUs[member]!}
            toUs={spans.startUs[member]! + spans.durationUs[member]!}
          />
        ))
      ) : (
        <svg className={styles.ticks} viewBox="0 0 1000 11" preserveAspectRatio="none" aria-hidden="true">
          <path d={ticksPath(model, group, window)} />
        </svg>
      )}
      {expanded !== true && labelAt !== undefined && (!toLeft || labelAt > 18) && (
        <span className={toLeft ? `${styles.label} ${styles.labelLeft}` : styles.label} style={{ left: `${labelAt}%` }}>
          {formatCount(group.members.length)} similar {groupNoun(spans, group)}
        </span>
      )}
    </>
  );
}

/** All members as one shape, a thousandth of the width at least; those that touch are joined. */
function ticksPath(model: TraceModel, group: SpanGroup, window: TimeWindow): string {
  const { spans } = model;
  let shape = '';
  let from = -1;
  let to = -1;
  const draw = (): void => {
    if (to > from) shape += `M${from} 0H${to}V11H${from}z`;
  };
  for (const member of group.members) {
    const startUs = spans.startUs[member]!;
    const place = placed(window, startUs, startUs + spans.durationUs[member]!);
    if (place === undefined) continue;
    const left = Math.round(place.leftPercent * 10);
    const right = Math.max(Math.round((place.leftPercent + place.widthPercent) * 10), left + 1);
    if (left <= to) {
      to = Math.max(to, right);
      continue;
    }
    draw();
    from = left;
    to = right;
  }
  draw();
  return shape;
}
