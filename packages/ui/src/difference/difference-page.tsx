import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState, type ReactNode } from 'react';
import { formatClockSeconds, formatDateTime, formatExact } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Button, ButtonGroup, buttonClass } from '../parts/button.js';
import { Card } from '../parts/card.js';
import { Chip } from '../parts/chip.js';
import { Empty } from '../parts/empty.js';
import { Page } from '../parts/page.js';
import { Remote } from '../parts/remote.js';
import { Skeleton } from '../parts/skeleton.js';
import { SearchBar } from '../search/search-bar.js';
import { readBeforeDeploy, writeBeforeDeploy } from '../time-range.js';
import { useUrlState } from '../url-state.js';
import { useDeploys } from '../use-deploys.js';
import { DifferenceAnswerView } from './difference-answer.js';
import { joined } from './difference-list.js';
import { isSelection, useDifference, type DifferenceQuestion } from './difference-query.js';
import { sampleWords } from './difference-words.js';
import styles from './difference.module.css';

const references: readonly { readonly against: string | undefined; readonly label: string }[] = [
  { against: undefined, label: 'The rest' },
  { against: 'prev', label: 'The time before' },
  { against: 'day', label: 'Yesterday' },
  { against: 'week', label: 'Last week' },
];

/** Proposals of what to ask about. */
const proposals = {
  spans: [
    { selected: 'status:error', label: 'Failed' },
    { selected: 'duration>250ms', label: 'Slower than 250 ms' },
    { selected: 'duration>1s', label: 'Slower than 1 s' },
  ],
  logs: [
    { selected: 'level>=error', label: 'Errors' },
    { selected: 'level>=warn', label: 'Warnings and errors' },
  ],
} as const;

/** What some spans or lines have in common that the others do not. Everything that is asked stands in the URL. */
export function DifferencePage(): ReactNode {
  const { get } = useUrlState();
  const unsplit = get('ask');
  const question = useAsked();
  return (
    <Page title="What is different">
      {unsplit !== undefined && <Split query={unsplit} signal={question.signal} />}
      <Ask question={question} />
      {isSelection(question) ? (
        <Answer question={question} />
      ) : (
        unsplit === undefined && <Nothing question={question} />
      )}
    </Page>
  );
}

function useAsked(): DifferenceQuestion {
  const { get } = useUrlState();
  const from = Number(get('selFrom') ?? Number.NaN);
  const to = Number(get('selTo') ?? Number.NaN);
  const against = get('against');
  return {
    signal: get('signal') === 'logs' ? 'logs' : 'spans',
    q: get('q') ?? '',
    selected: get('selected') ?? '',
    window: from < to ? { fromMs: from, toMs: to } : undefined,
    against:
      references.some(reference => reference.against === against) || readBeforeDeploy(against) !== undefined
        ? against
        : undefined,
    error: get('error'),
  };
}

/**
 * A search of the Traces or Logs page is both at once: where one looks, and what one asks about.
 * What names a part of the system (a service, an operation, a kind) says where to look; the rest is what is asked about.
 */
function Split({ query, signal }: { readonly query: string; readonly signal: 'spans' | 'logs' }): ReactNode {
  const { set } = useUrlState();
  const language = useQuery({
    queryKey: ['search-languages'],
    queryFn: () => import('../search/search-languages.js'),
    gcTime: Infinity,
  }).data;
  useEffect(() => {
    if (language === undefined) return;
    const read = language.searchLanguages[signal].readQuery(query);
    const terms = read.ok ? read.terms.map(({ text }) => text) : [query];
    const isPlace = (term: string): boolean => /^(?:service|env|kind|root|name|event|http\.route):/.test(term);
    const places = terms.filter(isPlace);
    const rest = terms.filter(term => !isPlace(term));
    set({ ask: undefined, q: joined(places) || undefined, selected: joined(rest) || undefined }, 'replace');
  }, [language, query, signal, set]);
  return undefined;
}

function Ask({ question }: { readonly question: DifferenceQuestion }): ReactNode {
  const { zone } = usePageRange();
  const { set } = useUrlState();
  const { signal, selected, window, against, error } = question;
  return (
    <div className={styles['ask']}>
      <div className={styles['line']}>
        <span>Among</span>
        <ButtonGroup label="What is compared">
          {(['spans', 'logs'] as const).map(each => (
            <Button
              aria-pressed={signal === each}
              key={each}
              onClick={() => set({ signal: each, selected: undefined })}
            >
              {each === 'spans' ? 'Spans' : 'Log lines'}
            </Button>
          ))}
        </ButtonGroup>
        <div className={styles['grow']}>
          <SearchBar placeholder="Everything, or a search: service:checkout kind:server" signal={signal} />
        </div>
      </div>
      <div className={styles['line']}>
        <span>selected are</span>
        <div className={styles['grow']}>
          <SelectedField key={selected} selected={selected} />
        </div>
        {proposals[signal].map(each => (
          <Button
            aria-pressed={selected === each.selected}
            key={each.selected}
            onClick={() => set({ selected: selected === each.selected ? undefined : each.selected })}
          >
            {each.label}
          </Button>
        ))}
        {window !== undefined && (
          <Chip onRemove={() => set({ selFrom: undefined, selTo: undefined })} removeLabel="Remove the selected time">
            {formatClockSeconds(window.fromMs, zone)} to {formatClockSeconds(window.toMs, zone)}
          </Chip>
        )}
        {error !== undefined && (
          <Chip onRemove={() => set({ error: undefined })} removeLabel="Remove the error">
            error <code>{error}</code>
          </Chip>
        )}
      </div>
      <div className={styles['line']}>
        <span>compared with</span>
        <ButtonGroup label="Compared with">
          {references.map(each => (
            <Button
              aria-pressed={against === each.against}
              key={each.label}
              onClick={() => set({ against: each.against })}
            >
              {each.label}
            </Button>
          ))}
        </ButtonGroup>
        <DeployChoice against={against} window={window} />
      </div>
    </div>
  );
}

/** The time before a deploy of the range, as long as what is selected: without a selected time, what came since the deploy. */
function DeployChoice({ against, window }: Pick<DifferenceQuestion, 'against' | 'window'>): ReactNode {
  const { fromMs, toMs, nowMs, zone } = usePageRange();
  const { set } = useUrlState();
  const deploys = useDeploys({ fromMs, toMs }).data ?? [];
  const chosen = readBeforeDeploy(against);
  const named = new Map(deploys.map(deploy => [writeBeforeDeploy(deploy), deploy]));
  if (named.size === 0 && chosen === undefined) return undefined;
  return (
    <select
      aria-label="Before a deploy"
      className={buttonClass()}
      onChange={event => {
        const next = event.target.value;
        const sinceMs = named.get(next)?.atMs;
        const isWhole = window === undefined || window.fromMs === chosen?.atMs;
        set({
          against: next === '' ? undefined : next,
          ...(isWhole && sinceMs !== undefined && { selFrom: String(sinceMs), selTo: String(Math.round(toMs)) }),
        });
      }}
      value={chosen === undefined ? '' : against}
    >
      <option value="">Before a deploy…</option>
      {chosen !== undefined && against !== undefined && !named.has(against) && (
        <option value={against}>Before {chosen.version}</option>
      )}
      {[...named].map(([value, { service, version, atMs }]) => (
        <option key={value} value={value}>
          Before {version}
          {service === '' ? '' : ` of ${service}`}, {formatDateTime(atMs, zone, nowMs)}
        </option>
      ))}
    </select>
  );
}

function SelectedField({ selected }: { readonly selected: string }): ReactNode {
  const { set } = useUrlState();
  const [draft, setDraft] = useState(selected);
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        set({ selected: draft.trim() === '' ? undefined : draft.trim() });
      }}
    >
      <input
        aria-label="Selected"
        autoCapitalize="off"
        autoComplete="off"
        className={styles['selected']}
        onBlur={() => {
          if (draft.trim() !== selected) set({ selected: draft.trim() === '' ? undefined : draft.trim() });
        }}
        onChange={event => setDraft(event.target.value)}
        placeholder="those that match a search: status:error tenant.plan:enterprise"
        spellCheck={false}
        value={draft}
      />
    </form>
  );
}

function Answer({ question }: { readonly question: DifferenceQuestion }): ReactNode {
  const query = useDifference(question);
  const { signal, window } = question;
  const range = window === undefined ? {} : { from: String(window.fromMs), to: String(window.toMs) };
  const sample = query.data === undefined ? undefined : sampleWords(query.data);
  return (
    <Card
      {...(query.data !== undefined && { note: sample ?? `${formatExact(query.data.compared)} values compared` })}
      right={
        question.error === undefined && (
          <Link
            className="link"
            search={{ ...range, q: joined([question.q, question.selected]) }}
            to={signal === 'spans' ? '/traces' : '/logs'}
          >
            Open the selected
          </Link>
        )
      }
      title="What sets them apart"
    >
      <Remote query={query} skeleton={<Skeleton rowPx={44} rows={6} />}>
        {answer => <DifferenceAnswerView answer={answer} question={question} withDetails />}
      </Remote>
    </Card>
  );
}

function Nothing({ question }: { readonly question: DifferenceQuestion }): ReactNode {
  const { set } = useUrlState();
  return (
    <Card title="What sets them apart">
      <Empty title="Which are asked about?">
        <p>Select some by a search, or compare this time with an earlier one.</p>
        <div className={styles['ways']}>
          {proposals[question.signal].map(each => (
            <Button key={each.selected} onClick={() => set({ selected: each.selected })}>
              {each.label}
            </Button>
          ))}
          <Button onClick={() => set({ against: 'prev' })}>Compare with the time before</Button>
          <Link
            className={buttonClass()}
            search={{ q: question.q }}
            to={question.signal === 'spans' ? '/traces' : '/logs'}
          >
            Back to {question.signal === 'spans' ? 'the traces' : 'the logs'}
          </Link>
        </div>
      </Empty>
    </Card>
  );
}
