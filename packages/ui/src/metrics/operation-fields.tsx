import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { parseLength } from '../time-range.js';
import styles from './builder.module.css';
import {
  numberOps,
  paramAggregates,
  plainAggregates,
  rangeFunctions,
  vectorFunctions,
  writeDuration,
  type Operation,
} from './builder-query.js';
import { SuggestField } from './suggest-field.js';

type Offer = {
  readonly name: string;
  readonly hint: string;
  readonly operation: Operation;
  /** It stands at the selector, before all others. */
  readonly isFirst: boolean;
};

const fiveMinutesMs = 300_000;

function aggregate(op: 'sum' | 'avg' | 'max' | 'topk', param: number | undefined, hint: string): Offer {
  return {
    name: op,
    hint,
    operation: { kind: 'aggregate', op, labels: [], without: false, param },
    isFirst: false,
  };
}

/** What may be added to the operations that are there. */
export function offeredOperations(operations: readonly Operation[]): readonly Offer[] {
  const range: readonly Offer[] = ['rate', 'increase', 'avg_over_time', 'max_over_time'].map(func => ({
    name: func,
    hint: func === 'rate' ? 'growth per second of a counter' : 'over a range',
    operation: { kind: 'range', func, rangeMs: fiveMinutesMs },
    isFirst: true,
  }));
  return [
    ...(operations[0]?.kind === 'range' ? [] : range),
    aggregate('sum', undefined, 'of all series, or by labels'),
    aggregate('avg', undefined, 'mean of the series'),
    aggregate('max', undefined, 'largest of the series'),
    aggregate('topk', paramAggregates.topk, 'the largest series'),
    {
      name: 'histogram_quantile',
      hint: 'how slow the slow ones are',
      operation: { kind: 'quantile', quantile: 0.95 },
      isFirst: false,
    },
    { name: 'function', hint: 'abs, round, …', operation: { kind: 'call', func: 'abs' }, isFirst: false },
    { name: 'number', hint: '× 100, > 5, …', operation: { kind: 'number', op: '*', value: 100 }, isFirst: false },
  ];
}

type OperationFieldsProps = {
  readonly operation: Operation;
  readonly metric: string;
  labelsOf(): Promise<readonly string[]>;
  onChange(operation: Operation): void;
  onRemove(): void;
};

/** One operation as fields. */
export function OperationFields(props: OperationFieldsProps): ReactNode {
  return (
    <span className={styles['chip']}>
      <Fields {...props} />
      <button aria-label="Remove this operation" onClick={props.onRemove} title="Remove" type="button">
        <X aria-hidden="true" size={12} />
      </button>
    </span>
  );
}

function Fields({ operation, metric, labelsOf, onChange }: OperationFieldsProps): ReactNode {
  switch (operation.kind) {
    case 'range':
      return (
        <>
          <Choice
            label="Function over a range"
            onChange={func => onChange({ ...operation, func })}
            options={rangeFunctions}
            value={operation.func}
          />
          <span>over</span>
          <SuggestField
            label="Range"
            load={() => Promise.resolve(['1m', '2m', '5m', '10m', '30m', '1h', '1d'])}
            onCommit={text => onChange({ ...operation, rangeMs: parseLength(text) ?? operation.rangeMs })}
            suggestionsOf="ranges"
            value={writeDuration(operation.rangeMs)}
          />
        </>
      );
    case 'quantile':
      return (
        <>
          <span>histogram_quantile</span>
          <NumberField
            label="Quantile"
            onCommit={quantile => onChange({ ...operation, quantile })}
            value={operation.quantile}
          />
        </>
      );
    case 'call':
      return (
        <Choice
          label="Function"
          onChange={func => onChange({ ...operation, func })}
          options={vectorFunctions}
          value={operation.func}
        />
      );
    case 'number':
      return (
        <>
          <Choice
            label="Operator"
            onChange={op => onChange({ ...operation, op: numberOps.find(one => one === op) ?? '*' })}
            options={numberOps}
            value={operation.op}
          />
          <NumberField label="Number" onCommit={value => onChange({ ...operation, value })} value={operation.value} />
        </>
      );
    case 'aggregate':
      return (
        <>
          <Choice
            label="Aggregation"
            onChange={op => onChange(withAggregate(operation, op))}
            options={[...plainAggregates, ...Object.keys(paramAggregates)]}
            value={operation.op}
          />
          {operation.param !== undefined && (
            <NumberField
              label={`Number of ${operation.op}`}
              onCommit={param => onChange({ ...operation, param })}
              value={operation.param}
            />
          )}
          <Choice
            label="Which labels stay"
            onChange={word => onChange({ ...operation, without: word === 'without' })}
            options={['by', 'without']}
            value={operation.without ? 'without' : 'by'}
          />
          {operation.labels.map(label => (
            <button
              aria-label={`Remove ${label}`}
              className={styles['label']}
              key={label}
              onClick={() => onChange({ ...operation, labels: operation.labels.filter(one => one !== label) })}
              title="Remove"
              type="button"
            >
              {label} <X aria-hidden="true" size={10} />
            </button>
          ))}
          <SuggestField
            label="Add a label"
            load={labelsOf}
            onCommit={label => {
              const name = label.trim();
              if (name !== '' && !operation.labels.includes(name)) {
                onChange({ ...operation, labels: [...operation.labels, name] });
              }
            }}
            placeholder="+ label"
            suggestionsOf={`labels of ${metric}`}
            value=""
          />
        </>
      );
  }
}

function withAggregate(operation: Extract<Operation, { kind: 'aggregate' }>, op: string): Operation {
  switch (op) {
    case 'topk':
    case 'bottomk':
    case 'quantile':
      return { ...operation, op, param: paramAggregates[op] };
    default:
      return { ...operation, op: plainAggregates.find(one => one === op) ?? 'sum', param: undefined };
  }
}

type ChoiceProps = {
  readonly label: string;
  readonly value: string;
  readonly options: readonly string[];
  onChange(value: string): void;
};

function Choice({ label, value, options, onChange }: ChoiceProps): ReactNode {
  return (
    <select aria-label={label} onChange={event => onChange(event.target.value)} value={value}>
      {/* The text may say what the builder does not offer. */}
      {[...new Set([...options, value])].map(option => (
        <option key={option}>{option}</option>
      ))}
    </select>
  );
}

type NumberFieldProps = { readonly label: string; readonly value: number; onCommit(value: number): void };

function NumberField({ label, value, onCommit }: NumberFieldProps): ReactNode {
  return (
    <SuggestField
      label={label}
      load={() => Promise.resolve([])}
      onCommit={text => {
        const number = Number(text);
        if (text.trim() !== '' && Number.isFinite(number)) onCommit(number);
      }}
      suggestionsOf="numbers"
      value={String(value)}
    />
  );
}
