import type { CheckDefinition } from '@bellwether/model';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { Button } from '../parts/button.js';
import { Dialog } from '../parts/dialog.js';
import { kindWords } from './check-marks.js';
import { saveCheck } from './uptime-query.js';
import styles from './uptime.module.css';

type CheckFormProps = {
  /** The check that is changed; undefined: a new one. */
  readonly before?: CheckDefinition | undefined;
  onClose(): void;
};

type Kind = CheckDefinition['kind'];

type Field = {
  readonly key: string;
  readonly label: string;
  readonly kinds: readonly Kind[];
  readonly type?: 'number' | 'text';
  readonly placeholder?: string;
  /** What the server takes when it is left empty. */
  readonly byDefault?: string;
};

const calling: readonly Kind[] = ['http', 'tcp', 'dns', 'tls'];
const every: readonly Kind[] = [...calling, 'heartbeat'];

const fields: readonly Field[] = [
  { key: 'id', label: 'Id', kinds: every, placeholder: 'shop-front' },
  { key: 'name', label: 'Name', kinds: every, placeholder: 'Shop front' },
  { key: 'url', label: 'URL', kinds: ['http'], placeholder: 'https://shop.example/health' },
  { key: 'host', label: 'Host', kinds: ['tcp', 'dns', 'tls'], placeholder: 'shop.example' },
  { key: 'port', label: 'Port', kinds: ['tcp', 'tls'], type: 'number', placeholder: '443' },
  { key: 'type', label: 'Record', kinds: ['dns'], placeholder: 'A, AAAA, CNAME, MX, NS or TXT', byDefault: 'A' },
  { key: 'expect', label: 'Expected record', kinds: ['dns'], placeholder: 'any' },
  { key: 'expectStatus', label: 'Expected status', kinds: ['http'], byDefault: '200-299' },
  { key: 'expectBody', label: 'Expected text', kinds: ['http'], placeholder: 'any' },
  { key: 'maxMs', label: 'Slowest answer, ms', kinds: ['http', 'tcp'], type: 'number', placeholder: 'any' },
  {
    key: 'minCertificateDays',
    label: 'Certificate valid for, days',
    kinds: ['http', 'tls'],
    type: 'number',
    placeholder: '14',
  },
  { key: 'everySeconds', label: 'Every, seconds', kinds: every, type: 'number', placeholder: '60' },
  { key: 'graceSeconds', label: 'Grace, seconds', kinds: ['heartbeat'], type: 'number', placeholder: '300' },
  { key: 'timeoutSeconds', label: 'Timeout, seconds', kinds: calling, type: 'number', placeholder: '10' },
  { key: 'failuresBeforeDown', label: 'Failures before down', kinds: calling, type: 'number', placeholder: '2' },
];

/** Makes or changes a check. What is left empty is what the server has by default. */
export function CheckForm({ before, onClose }: CheckFormProps): ReactNode {
  const queries = useQueryClient();
  const [kind, setKind] = useState<Kind>(before?.kind ?? 'http');
  const [failure, setFailure] = useState<string | undefined>(undefined);
  const [isBusy, setBusy] = useState(false);
  const known = new Map<string, unknown>(Object.entries(before ?? {}));

  async function save(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (key: string): string => {
      const value = form.get(key);
      return typeof value === 'string' ? value.trim() : '';
    };
    const given = fields
      .filter(field => field.kinds.includes(kind) && text(field.key) !== '')
      .map(({ key, type }): [string, string | number] => [key, type === 'number' ? Number(text(key)) : text(key)]);
    // What the form does not show stays as it was: method, headers, body.
    const unseen = before?.kind === kind ? [...known].filter(([key]) => !fields.some(field => field.key === key)) : [];
    const id = before?.id ?? text('id');
    setBusy(true);
    setFailure(undefined);
    try {
      await saveCheck({
        ...Object.fromEntries(unseen),
        ...Object.fromEntries(given),
        id,
        kind,
        onStatusPage: form.get('onStatusPage') !== null,
      } as { id: string }); // the server checks the rest
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['checks'] }),
        queries.invalidateQueries({ queryKey: ['check', id] }),
      ]);
      onClose();
    } catch (reason) {
      setFailure(reason instanceof Error ? reason.message : String(reason));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Dialog
      onOpenChange={open => !open && onClose()}
      open
      title={before === undefined ? 'Add a check' : `Change ${before.id}`}
    >
      <form className={styles['form']} onSubmit={event => void save(event)}>
        <label>
          What is checked
          <select
            disabled={before !== undefined}
            onChange={event => setKind(every.find(each => each === event.target.value) ?? 'http')}
            value={kind}
          >
            {every.map(each => (
              <option key={each} value={each}>
                {kindWords[each]}
              </option>
            ))}
          </select>
        </label>
        {fields
          .filter(field => field.kinds.includes(kind))
          .map(({ key, label, type = 'text', placeholder, byDefault }) => (
            <label key={`${kind} ${key}`}>
              {label}
              <input
                autoComplete="off"
                defaultValue={String(known.get(key) ?? byDefault ?? '')}
                disabled={key === 'id' && before !== undefined}
                name={key}
                placeholder={placeholder}
                required={key === 'id' || key === 'url' || key === 'host' || (key === 'port' && kind === 'tcp')}
                step={type === 'number' ? 'any' : undefined}
                type={type}
              />
            </label>
          ))}
        <label className={styles['tick']}>
          <input defaultChecked={before?.onStatusPage ?? false} name="onStatusPage" type="checkbox" />
          Show its name on the public status page
        </label>
        {failure !== undefined && (
          <p className={styles['failure']} role="alert">
            {failure}
          </p>
        )}
        <div className={styles['ways']}>
          <Button disabled={isBusy} look="primary" type="submit">
            Save
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Dialog>
  );
}
