import {
  commonUnits,
  editPanel,
  objectsOf,
  isObject,
  textOf,
  unitFormat,
  unitOf,
  valueAt,
  type JsonObject,
  type Panel,
  type PanelEdit,
  type TargetEdit,
} from '@bellwether/dashboards';
import { Plus, X } from 'lucide-react';
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from 'react';
import type { EditorProps, EditorVariables } from '../metrics/editor/promql-editor.js';
import { PlainEditor } from '../metrics/plain-editor.js';
import { Button } from '../parts/button.js';
import styles from './dashboards.module.css';

// As on the Metrics page: large, and needed by nobody who only looks.
const PromqlEditor = lazy(() =>
  import('../metrics/editor/promql-editor.js').then(module => ({ default: module.PromqlEditor })),
);

const askAfterMs = 500;

/** What a panel can be made into. Kinds of before 2020 stay what they are: their settings stand elsewhere. */
const kinds: ReadonlyMap<string, string> = new Map([
  ['timeseries', 'Time series'],
  ['stat', 'Stat'],
  ['gauge', 'Gauge'],
  ['bargauge', 'Bar gauge'],
  ['table', 'Table'],
  ['heatmap', 'Heatmap'],
  ['piechart', 'Pie chart'],
  ['barchart', 'Bar chart'],
  ['state-timeline', 'State timeline'],
  ['status-history', 'Status history'],
]);

type PanelEditorProps = {
  readonly document: JsonObject;
  readonly panel: Panel;
  readonly variables: EditorVariables;
  /** Shows what has been typed so far. */
  onPreview(document: JsonObject): void;
  /** Keeps it. */
  onDone(document: JsonObject): void;
  onCancel(): void;
};

/** Title, queries, legends and unit of one panel. The panel above shows what they give as they are typed. */
export function PanelEditor({ document, panel, variables, onPreview, onDone, onCancel }: PanelEditorProps): ReactNode {
  const raw = panelAt(document, panel);
  const [edit, setEdit] = useState<Required<PanelEdit>>(() => ({
    title: textOf(raw, 'title'),
    description: textOf(raw, 'description'),
    unit: unitOf(raw),
    type: textOf(raw, 'type'),
    targets: objectsOf(raw, 'targets').map((target, at) => ({
      at,
      expr: textOf(target, 'expr'),
      legend: textOf(target, 'legendFormat'),
    })),
  }));
  const targets = edit.targets ?? [];
  const edited = (next: Required<PanelEdit>): JsonObject => editPanel(document, panel.path, next);
  const waiting = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(waiting.current), []);
  const change = (changes: Partial<PanelEdit>, afterMs = 0): void => {
    const next = { ...edit, ...changes };
    setEdit(next);
    clearTimeout(waiting.current);
    // Half a query is only a fault: what is typed is asked when the typing pauses.
    if (afterMs === 0) onPreview(edited(next));
    else waiting.current = setTimeout(() => void previewIfSound(next), afterMs);
  };
  const previewIfSound = async (next: Required<PanelEdit>): Promise<void> => {
    // It came with the editor: no other part of the page needs it.
    const { parsedQuery } = await import('../metrics/parsed-query.js');
    const isSound = ({ expr }: TargetEdit): boolean =>
      expr.trim() === '' || parsedQuery(variables.putIn(expr)) !== undefined;
    if ((next.targets ?? []).every(isSound)) onPreview(edited(next));
  };
  const changeTarget = (at: number, changes: Partial<TargetEdit>): void =>
    change(
      { targets: targets.map((target, index) => (index === at ? { ...target, ...changes } : target)) },
      changes.expr === undefined ? 0 : askAfterMs,
    );
  const editorOf = (target: TargetEdit, at: number): EditorProps => ({
    label: `Query ${letterOf(panel, target, at)}`,
    value: target.expr,
    fault: undefined,
    onChange: expr => changeTarget(at, { expr }),
    onRun: () => onPreview(edited(edit)),
    onFocus: () => undefined,
  });
  const units = commonUnits.some(({ id }) => id === edit.unit)
    ? commonUnits
    : [
        ...commonUnits,
        {
          id: edit.unit ?? '',
          name: `${edit.unit}${unitFormat(edit.unit ?? '') === undefined ? ' (not known here)' : ''}`,
        },
      ];

  return (
    <form
      aria-label={`Edit ${panel.title}`}
      className={styles['editor']}
      onSubmit={event => {
        event.preventDefault();
        onDone(edited(edit));
      }}
    >
      <div className={styles['fields']}>
        <label>
          Title
          <input
            className={styles['field']}
            onChange={event => change({ title: event.target.value })}
            value={edit.title}
          />
        </label>
        <label>
          Unit
          <select
            className={styles['field']}
            onChange={event => change({ unit: event.target.value })}
            value={edit.unit}
          >
            {units.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {kinds.has(edit.type ?? '') && (
          <label>
            Shown as
            <select
              className={styles['field']}
              onChange={event => change({ type: event.target.value })}
              value={edit.type}
            >
              {[...kinds].map(([kind, name]) => (
                <option key={kind} value={kind}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
        <label className={styles['wide']}>
          Description
          <input
            className={styles['field']}
            onChange={event => change({ description: event.target.value })}
            value={edit.description}
          />
        </label>
      </div>
      {targets.map((target, at) => (
        // Queries have no name of their own: their place is who they are.
        // oxlint-disable-next-line react/no-array-index-key
        <div className={styles['query']} key={`${target.at ?? 'new'} ${at}`}>
          <div className={styles['expr']}>
            <span aria-hidden="true">Query {letterOf(panel, target, at)}</span>
            <Suspense fallback={<PlainEditor {...editorOf(target, at)} />}>
              <PromqlEditor {...editorOf(target, at)} variables={variables} />
            </Suspense>
          </div>
          <label>
            Legend
            <input
              className={styles['field']}
              onChange={event => changeTarget(at, { legend: event.target.value })}
              placeholder="{{label}}"
              value={target.legend}
            />
          </label>
          <Button
            aria-label={`Remove query ${letterOf(panel, target, at)}`}
            className={styles['drop-query']}
            look="ghost"
            onClick={() => change({ targets: targets.filter((_, index) => index !== at) })}
            title="Remove this query"
          >
            <X aria-hidden="true" />
          </Button>
        </div>
      ))}
      <div className={styles['acts']}>
        <Button onClick={() => change({ targets: [...targets, { at: undefined, expr: '', legend: '' }] })}>
          <Plus aria-hidden="true" /> Query
        </Button>
        <span className={styles['space']} />
        <Button onClick={onCancel}>Cancel</Button>
        <Button look="primary" type="submit">
          Apply
        </Button>
      </div>
    </form>
  );
}

function letterOf({ targets }: Panel, { at: inFile }: TargetEdit, at: number): string {
  return (inFile === undefined ? undefined : targets[inFile]?.refId) ?? String.fromCharCode(65 + (at % 26));
}

function panelAt(document: JsonObject, { path }: Panel): JsonObject {
  const panel = valueAt(document, path);
  return panel !== undefined && isObject(panel) ? panel : {};
}
