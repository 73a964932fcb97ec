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
} from '@bellwether/dashboards';
import { Plus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Button } from '../parts/button.js';
import styles from './dashboards.module.css';

type PanelEditorProps = {
  readonly document: JsonObject;
  readonly panel: Panel;
  /** Shows what has been typed so far. */
  onPreview(document: JsonObject): void;
  /** Keeps it. */
  onDone(document: JsonObject): void;
  onCancel(): void;
};

/** Title, queries, legends and unit of one panel. The panel above shows what they give as they are typed. */
export function PanelEditor({ document, panel, onPreview, onDone, onCancel }: PanelEditorProps): ReactNode {
  const raw = panelAt(document, panel);
  const [edit, setEdit] = useState<Required<PanelEdit>>(() => ({
    title: textOf(raw, 'title'),
    description: textOf(raw, 'description'),
    unit: unitOf(raw),
    targets: objectsOf(raw, 'targets').map(target => ({
      expr: textOf(target, 'expr'),
      legend: textOf(target, 'legendFormat'),
    })),
  }));
  const targets = edit.targets ?? [];
  const edited = (next: Required<PanelEdit>): JsonObject => editPanel(document, panel.path, next);
  const change = (changes: Partial<PanelEdit>): void => {
    const next = { ...edit, ...changes };
    setEdit(next);
    onPreview(edited(next));
  };
  const changeTarget = (at: number, changes: { readonly expr?: string; readonly legend?: string }): void =>
    change({ targets: targets.map((target, index) => (index === at ? { ...target, ...changes } : target)) });
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
        <label className={styles['wide']}>
          Description
          <input
            className={styles['field']}
            onChange={event => change({ description: event.target.value })}
            value={edit.description}
          />
        </label>
      </div>
      {targets.map(({ expr, legend }, at) => (
        // Queries have no name of their own: their place is who they are.
        // oxlint-disable-next-line react/no-array-index-key
        <div className={styles['query']} key={at}>
          <label>
            Query {panel.targets[at]?.refId ?? String.fromCharCode(65 + at)}
            <textarea
              className={styles['promql']}
              onChange={event => changeTarget(at, { expr: event.target.value })}
              rows={Math.min(6, Math.max(2, expr.split('\n').length))}
              spellCheck={false}
              value={expr}
            />
          </label>
          <label>
            Legend
            <input
              className={styles['field']}
              onChange={event => changeTarget(at, { legend: event.target.value })}
              placeholder="{{label}}"
              value={legend}
            />
          </label>
        </div>
      ))}
      <div className={styles['acts']}>
        <Button onClick={() => change({ targets: [...targets, { expr: '', legend: '' }] })}>
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

function panelAt(document: JsonObject, { path }: Panel): JsonObject {
  const panel = valueAt(document, path);
  return panel !== undefined && isObject(panel) ? panel : {};
}
