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
  readonly type?: 'number' | 'text' | 'lines';
  /** One of these. */
  readonly options?: readonly string[];
  readonly placeholder?: string;
  /** What the server takes when it is left empty. */
  readonly byDefault?: string;
};

const headersKey = 'headers';
const jsonKey = 'expectJson';
const pairKeys: readonly string[] = [headersKey, jsonKey];
const bodyKey = 'body';
const bodiless: readonly string[] = ['GET', 'HEAD'];
const calling: readonly Kind[] = ['http', 'tcp', 'dns', 'tls'];
const every: readonly Kind[] = [...calling, 'heartbeat'];

const fields: readonly Field[] = [
  { key: 'id', label: 'Id', kinds: every, placeholder: 'shop-front' },
  { key: 'name', label: 'Name', kinds: every, placeholder: 'Shop front' },
  { key: 'service', label: 'Service that it checks', kinds: every, placeholder: 'none' },
  {
    key: 'method',
    label: 'Method',
    kinds: ['http'],
    options: ['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS'],
    byDefault: 'GET',
  },
  { key: 'url', label: 'URL', kinds: ['http'], placeholder: 'https://shop.example/health' },
  {
    key: headersKey,
    label: 'Headers, a line each; values are hidden once saved',
    kinds: ['http'],
    type: 'lines',
    placeholder: 'authorization: Bearer ...',
  },
  { key: bodyKey, label: 'Body', kinds: ['http'], type: 'lines', placeholder: 'none' },
  { key: 'host', label: 'Host', kinds: ['tcp', 'dns', 'tls'], placeholder: 'shop.example' },
  { key: 'port', label: 'Port', kinds: ['tcp', 'tls'], type: 'number', placeholder: '443' },
  {
    key: 'type',
    label: 'Record',
    kinds: ['dns'],
    options: ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'TXT'],
    byDefault: 'A',
  },
  { key: 'expect', label: 'Expected record', kinds: ['dns'], placeholder: 'any' },
  { key: 'expectStatus', label: 'Expected status', kinds: ['http'], byDefault: '200-299' },
  { key: 'expectBody', label: 'Expected text', kinds: ['http'], placeholder: 'any' },
  {
    key: jsonKey,
    label: 'Expected in JSON, a path and value a line',
    kinds: ['http'],
    type: 'lines',
    placeholder: 'checks.database: up',
  },
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
  { key: 'successesBeforeUp', label: 'Successes before up', kinds: calling, type: 'number', placeholder: '1' },
  {
    key: 'changesBeforeFlapping',
    label: 'Changes an hour before flapping',
    kinds: every,
    type: 'number',
    placeholder: '6',
  },
];

/** Makes or changes a check. What is left empty is what the server has by default. */
export function CheckForm({ before, onClose }: CheckFormProps): ReactNode {
  const queries = useQueryClient();
  const [kind, setKind] = useState<Kind>(before?.kind ?? 'http');
  const [failure, setFailure] = useState<string | undefined>(undefined);
  const [isBusy, setBusy] = useState(false);
  const known = new Map<string, unknown>(Object.entries(before ?? {}));
  const [method, setMethod] = useState(String(known.get('method') ?? 'GET'));
  const asked = fields.filter(
    ({ key, kinds }) => kinds.includes(kind) && (key !== bodyKey || !bodiless.includes(method)),
  );

  async function save(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (key: string): string => {
      const value = form.get(key);
      return typeof value === 'string' ? value.trim() : '';
    };
    const given = asked
      .filter(({ key }) => !pairKeys.includes(key) && text(key) !== '')
      .map(({ key, type }): [string, string | number] => [key, type === 'number' ? Number(text(key)) : text(key)]);
    // What the form never shows stays as it was.
    const unseen =
      before?.kind === kind
        ? [...known].filter(([key]) => key !== 'followRedirects' && !fields.some(field => field.key === key))
        : [];
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
        ...(kind === 'http' && {
          headers: headersIn(text(headersKey)),
          expectJson: pairsIn(text(jsonKey), 'expectation'),
          followRedirects: form.get('followRedirects') !== null,
        }),
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
        {asked.map(field => (
          <label key={`${kind} ${field.key}`}>
            {field.label}
            <FieldInput
              before={pairKeys.includes(field.key) ? pairLines(known.get(field.key)) : known.get(field.key)}
              disabled={field.key === 'id' && before !== undefined}
              field={field}
              onPick={field.key === 'method' ? setMethod : undefined}
              required={needed.includes(field.key) || (field.key === 'port' && kind === 'tcp')}
            />
          </label>
        ))}
        {kind === 'http' && (
          <label className={styles['tick']}>
            <input defaultChecked={known.get('followRedirects') !== false} name="followRedirects" type="checkbox" />
            Follow redirects
          </label>
        )}
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

const needed: readonly string[] = ['id', 'url', 'host'];

type FieldInputProps = {
  readonly field: Field;
  readonly before: unknown;
  readonly disabled: boolean;
  readonly required: boolean;
  readonly onPick: ((picked: string) => void) | undefined;
};

function FieldInput({ field, before, disabled, required, onPick }: FieldInputProps): ReactNode {
  const { key, type = 'text', options, placeholder, byDefault = '' } = field;
  const value = String(before ?? byDefault);
  if (options !== undefined)
    return (
      <select defaultValue={value} name={key} onChange={event => onPick?.(event.target.value)}>
        {options.map(option => (
          <option key={option}>{option}</option>
        ))}
      </select>
    );
  if (type === 'lines')
    return <textarea defaultValue={value} name={key} placeholder={placeholder} rows={3} spellCheck={false} />;
  return (
    <input
      autoComplete="off"
      defaultValue={value}
      disabled={disabled}
      name={key}
      placeholder={placeholder}
      required={required}
      step={type === 'number' ? 'any' : undefined}
      type={type}
    />
  );
}

/** Headers and expectations as lines; values of headers as the server gives them: hidden. */
function pairLines(given: unknown): string {
  const pairs = typeof given === 'object' && given !== null ? Object.entries(given) : [];
  return pairs.map(([name, value]) => `${name}: ${String(value)}`).join('\n');
}

/** The headers that lines name. A value that is still hidden is kept by the server. Throws Error for a line that is none. */
const headersIn = (lines: string): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(pairsIn(lines, 'header')).map(([name, value]) => [name.toLowerCase(), value]));

function pairsIn(lines: string, what: string): Readonly<Record<string, string>> {
  const pairs = lines
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
    .map(line => {
      const [, name, value] = /^([^:]+):(.*)$/.exec(line) ?? [];
      if (name === undefined || value === undefined)
        throw new Error(`Write the ${what} "${line.slice(0, 40)}" as name: value.`);
      return [name.trim(), value.trim()];
    });
  return Object.fromEntries(pairs);
}
