import { BadDashboard, importDashboard, parseJson, readDashboard, type JsonObject } from '@bellwether/dashboards';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { Button } from '../parts/button.js';
import { Dialog } from '../parts/dialog.js';
import { StatusMark } from '../parts/status-mark.js';
import { importDashboardJson, isConflict } from './dashboards-client.js';
import styles from './dashboards.module.css';
import { fileText } from './read-file.js';

type Read = { readonly document: JsonObject } | { readonly fault: string };

/** A dashboard from a file or pasted: says what it is before it is kept. */
export function ImportDialog({ text: given, onClose }: { readonly text: string; onClose(): void }): ReactNode {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [text, setText] = useState(given);
  const [fault, setFault] = useState<{ readonly message: string; readonly isTaken: boolean } | undefined>(undefined);
  const read = text.trim() === '' ? undefined : readText(text);
  const document = read !== undefined && 'document' in read ? read.document : undefined;

  async function keep(replace: boolean): Promise<void> {
    if (document === undefined) return;
    try {
      const { uid } = await importDashboardJson(parseJson(text), replace);
      await client.invalidateQueries({ queryKey: ['dashboards'] });
      await client.invalidateQueries({ queryKey: ['dashboard', uid] });
      onClose();
      await navigate({ to: '/dashboards/$uid', params: { uid }, search: {} });
    } catch (error) {
      setFault({ message: error instanceof Error ? error.message : String(error), isTaken: isConflict(error) });
    }
  }

  return (
    <Dialog onOpenChange={onClose} open title="Import a dashboard">
      <div className={styles['import']}>
        <label>
          A file
          <input
            accept=".json,application/json"
            onChange={event => {
              const [file] = event.target.files ?? [];
              if (file === undefined) return;
              setFault(undefined);
              fileText(file).then(setText, (error: unknown) =>
                setFault({ message: String(error instanceof Error ? error.message : error), isTaken: false }),
              );
            }}
            type="file"
          />
        </label>
        <label>
          Or Grafana's JSON, pasted
          <textarea
            className={styles['json']}
            onChange={event => {
              setText(event.target.value);
              setFault(undefined);
            }}
            rows={8}
            spellCheck={false}
            value={text}
          />
        </label>
        <div aria-live="polite">
          {read !== undefined && 'fault' in read && <StatusMark status="crit" word={read.fault} />}
          {document !== undefined && <Found document={document} />}
        </div>
        {fault !== undefined && <StatusMark status="crit" word={fault.message} />}
        <div className={styles['acts']}>
          <Button onClick={onClose}>Cancel</Button>
          {fault?.isTaken === true && <Button onClick={() => void keep(true)}>Replace it</Button>}
          <Button disabled={document === undefined} look="primary" onClick={() => void keep(false)}>
            Import
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function readText(text: string): Read {
  try {
    return { document: importDashboard(text) };
  } catch (error) {
    if (error instanceof BadDashboard) return { fault: error.message };
    throw error;
  }
}

function Found({ document }: { readonly document: JsonObject }): ReactNode {
  const { title, sections, variables, notes } = readDashboard(document);
  const panels = sections.flatMap(section => section.panels);
  const elsewhere = new Set(
    panels.flatMap(({ targets }) =>
      targets.flatMap(({ datasource }) => (datasource.kind === 'unknown' ? [datasource.name] : [])),
    ),
  );
  const unknown = new Set(panels.flatMap(({ kind, type }) => (kind === 'unknown' ? [type] : [])));
  return (
    <div className={styles['found']}>
      <StatusMark
        status="ok"
        word={`“${title}”: ${panels.length} ${panels.length === 1 ? 'panel' : 'panels'}, ${variables.length} ${variables.length === 1 ? 'variable' : 'variables'}`}
      />
      {[...elsewhere].map(name => (
        <p key={name}>Queries for {name} are kept, but not answered here.</p>
      ))}
      {unknown.size > 0 && (
        <p>Panels of the kind {[...unknown].map(kind => `“${kind}”`).join(', ')} are shown as tables.</p>
      )}
      {notes.map(note => (
        <p key={note}>{note}</p>
      ))}
    </div>
  );
}
