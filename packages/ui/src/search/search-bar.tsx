import { Autocomplete } from '@base-ui/react/autocomplete';
import type { FieldSignal } from '@bellwether/model';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Search, X } from 'lucide-react';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { fetchFields, fetchFieldValues } from '../api-client.js';
import { usePageRange } from '../page-range.js';
import { Chip } from '../parts/chip.js';
import { useUrlState } from '../url-state.js';
import { type Completion, keyCompletions, operatorCompletions, valueCompletions } from './completions.js';
import { recentSearches, rememberSearch } from './recent-searches.js';
import styles from './search-bar.module.css';
import type { SearchLanguage } from './search-languages.js';

/** Names of fields change slowly: their range is rounded so that typing asks once. */
const fieldRangeStepMs = 300_000;

type SearchBarProps = { readonly signal: FieldSignal; readonly placeholder: string };

/**
 * The search language in one field. What is typed is a draft until Enter puts it into the URL as `q`;
 * below it stand the terms that hold now, each with a cross.
 */
export function SearchBar({ signal, placeholder }: SearchBarProps): ReactNode {
  const { get, set } = useUrlState();
  const applied = get('q') ?? '';
  const language = useLanguage(signal);
  const input = useRef<HTMLInputElement>(null);
  const mirror = useRef<HTMLDivElement>(null);
  const [draft, setDraft] = useState(applied);
  const [cursor, setCursor] = useState(applied.length);
  const [open, setOpen] = useState(false);
  const highlighted = useRef(false);
  // Where the cursor belongs once the chosen text is in the field.
  const wantedCursor = useRef<number | undefined>(undefined);

  // Back, a chip or a link changed the query: the field follows.
  const [lastApplied, setLastApplied] = useState(applied);
  if (lastApplied !== applied) {
    setLastApplied(applied);
    setDraft(applied);
  }

  useEffect(() => {
    const at = wantedCursor.current;
    wantedCursor.current = undefined;
    if (at !== undefined) input.current?.setSelectionRange(at, at);
  });

  const read = useMemo(() => language?.readQuery(draft), [language, draft]);
  const appliedTerms = useMemo(() => language?.readQuery(applied), [language, applied]);
  // What is unfinished is not wrong yet: while the list is open nothing is underlined.
  const wrong = read?.ok === false && (!open || draft === applied) ? read : undefined;
  const offers = useOffers(signal, draft, cursor, open, language);

  function apply(query: string): void {
    setOpen(false);
    rememberSearch(signal, query);
    if (query.trim() !== applied) set({ q: query.trim() === '' ? undefined : query.trim() });
  }

  return (
    <div className={styles.bar}>
      <Autocomplete.Root
        items={offers}
        itemToStringValue={(offer: Completion) => offer.text}
        mode="none"
        onItemHighlighted={item => {
          highlighted.current = item !== undefined;
        }}
        onOpenChange={setOpen}
        onValueChange={(value, { reason }) => {
          if (reason === 'item-press') {
            const at = offers.find(offer => offer.text === value)?.cursor ?? value.length;
            wantedCursor.current = at;
            setCursor(at);
            // A key or an operator wants its value next: the list stays.
            setTimeout(() => setOpen(true));
          } else setCursor(input.current?.selectionStart ?? value.length);
          setDraft(value);
        }}
        open={open}
        openOnInputClick
        value={draft}
      >
        <div className={styles.field} data-wrong={wrong !== undefined}>
          <Search aria-hidden="true" />
          <div className={styles.box}>
            <div aria-hidden="true" className={styles.mirror} ref={mirror}>
              {wrong !== undefined && (
                <>
                  {draft.slice(0, wrong.place.from)}
                  <span className={styles.wrong}>{draft.slice(wrong.place.from, wrong.place.to) || ' '}</span>
                </>
              )}
            </div>
            <Autocomplete.Input
              aria-label="Search"
              aria-invalid={wrong !== undefined}
              autoCapitalize="off"
              autoComplete="off"
              data-filter=""
              onKeyDown={event => {
                if (event.key === 'Enter' && !highlighted.current) {
                  event.preventDefault();
                  if (read?.ok === false) setOpen(false);
                  else apply(draft);
                }
                if (event.key === 'Escape' && !open) {
                  setDraft(applied);
                  event.currentTarget.blur();
                }
              }}
              onScroll={event => {
                if (mirror.current !== null) mirror.current.scrollLeft = event.currentTarget.scrollLeft;
              }}
              onSelect={event => setCursor(event.currentTarget.selectionStart ?? 0)}
              placeholder={placeholder}
              ref={input}
              spellCheck={false}
            />
          </div>
          {draft === '' ? (
            <kbd aria-hidden="true">/</kbd>
          ) : (
            <button
              aria-label="Clear the search"
              className={styles.small}
              onClick={() => {
                setDraft('');
                apply('');
                input.current?.focus();
              }}
              type="button"
            >
              <X aria-hidden="true" size={14} />
            </button>
          )}
        </div>
        <Autocomplete.Portal>
          <Autocomplete.Positioner align="start" className={styles.positioner} sideOffset={4}>
            <Autocomplete.Popup className={styles.popup}>
              {draft === '' && offers.some(({ hint }) => hint === recentHint) && (
                <p className={styles.title}>Searched lately, and fields</p>
              )}
              <Autocomplete.List>
                {(offer: Completion) => (
                  <Autocomplete.Item className={styles.item} key={`${offer.label} ${offer.text}`} value={offer}>
                    <code>{offer.label}</code>
                    <span className={styles.hint}>{offer.hint}</span>
                  </Autocomplete.Item>
                )}
              </Autocomplete.List>
            </Autocomplete.Popup>
          </Autocomplete.Positioner>
        </Autocomplete.Portal>
      </Autocomplete.Root>
      {wrong !== undefined && (
        <p className={styles.message} role="alert">
          {wrong.message}
        </p>
      )}
      {appliedTerms?.ok === true && appliedTerms.terms.length > 0 && (
        <div className={styles.chips}>
          {appliedTerms.terms.map(({ text, without }) => (
            <Chip key={text} onRemove={() => apply(without)} removeLabel={`Remove ${text}`}>
              <code>{text}</code>
            </Chip>
          ))}
        </div>
      )}
    </div>
  );
}

const recentHint = 'recent';

/** Parser and catalogue, once they are here. */
function useLanguage(signal: FieldSignal): SearchLanguage | undefined {
  const all = useQuery({
    queryKey: ['search-languages'],
    queryFn: () => import('./search-languages.js'),
    gcTime: Infinity,
  });
  return all.data?.searchLanguages[signal];
}

function useOffers(
  signal: FieldSignal,
  draft: string,
  cursor: number,
  open: boolean,
  language: SearchLanguage | undefined,
): readonly Completion[] {
  const { fromMs, toMs } = usePageRange();
  const at = useMemo(() => language?.completionAt(draft, cursor), [language, draft, cursor]);
  const from = Math.floor(fromMs / fieldRangeStepMs) * fieldRangeStepMs;
  const to = Math.ceil(toMs / fieldRangeStepMs) * fieldRangeStepMs;
  const key = at?.key ?? '';
  const fields = useQuery({
    queryKey: ['fields', signal, from, to, at?.prefix],
    queryFn: ({ signal: abort }) => fetchFields({ signal, from, to, prefix: at?.prefix ?? '' }, abort),
    enabled: open && at?.kind === 'key',
    placeholderData: keepPreviousData,
    retry: false,
  });
  const values = useQuery({
    queryKey: ['field-values', signal, from, to, key, at?.prefix],
    queryFn: ({ signal: abort }) => fetchFieldValues(key, { signal, from, to, prefix: at?.prefix ?? '' }, abort),
    enabled: open && at?.kind === 'value' && key !== '',
    retry: false,
  });
  if (at === undefined || language === undefined || !open) return [];
  switch (at.kind) {
    case 'key': {
      // Until the server has answered, the fields that every span and line has.
      const known = { fields: language.fields.map(each => ({ ...each, source: 'builtin' as const })) };
      const offers = keyCompletions(language, draft, at, fields.data ?? known);
      return draft === '' ? [...recentOffers(signal), ...offers] : offers;
    }
    case 'operator':
      return operatorCompletions(language, draft, at);
    case 'value':
      return valueCompletions(language, draft, at, values.data);
  }
}

function recentOffers(signal: FieldSignal): readonly Completion[] {
  return recentSearches(signal)
    .slice(0, 5)
    .map(text => ({ label: text, hint: recentHint, text, cursor: text.length }));
}
