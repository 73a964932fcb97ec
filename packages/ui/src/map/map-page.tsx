import type { MapAnswer } from '@bellwether/model';
import { Link, useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo, type ReactNode } from 'react';
import { useKeys } from '../keys.js';
import { useIsPhone } from './use-is-phone.js';
import { usePageRange } from '../page-range.js';
import { Button, ButtonGroup } from '../parts/button.js';
import { Card } from '../parts/card.js';
import { Chip } from '../parts/chip.js';
import { Empty } from '../parts/empty.js';
import { LookFurtherBack } from '../parts/look-further-back.js';
import { FilterField } from '../parts/filter-field.js';
import { Page } from '../parts/page.js';
import { Remote } from '../parts/remote.js';
import { SkeletonBlock } from '../parts/skeleton.js';
import { SplitPane } from '../parts/split-pane.js';
import { useUrlState } from '../url-state.js';
import { MapGraph } from './map-graph.js';
import { MapPane } from './map-pane.js';
import { useMap, useMapAt } from './map-query.js';
import { MapScrubber } from './map-scrubber.js';
import { MapTable } from './map-table.js';
import styles from './map.module.css';
import { asOf, shownMap, type GroupedBy, type ShownNode } from './shown-map.js';

/** Who calls whom, and where it hurts. */
export function MapPage(): ReactNode {
  const query = useMap();
  return (
    <Page title="Service map">
      <Remote
        query={query}
        skeleton={
          <Card title="Map">
            <SkeletonBlock heightPx={520} />
          </Card>
        }
      >
        {answer => (answer.nodes.length === 0 ? <NoServices /> : <ServiceMap answer={answer} />)}
      </Remote>
    </Page>
  );
}

const groupings: readonly { readonly by: GroupedBy; readonly word: string }[] = [
  { by: 'none', word: 'One by one' },
  { by: 'team', word: 'Team' },
  { by: 'namespace', word: 'Namespace' },
  { by: 'environment', word: 'Environment' },
  { by: 'kind', word: 'Kind' },
];

const traffics = [
  { min: '0', word: 'any traffic' },
  { min: '0.01', word: 'at least 0.6/min' },
  { min: '0.1', word: 'at least 6/min' },
  { min: '1', word: 'at least 1/s' },
  { min: '10', word: 'at least 10/s' },
  { min: '100', word: 'at least 100/s' },
];

function ServiceMap({ answer }: { answer: MapAnswer }): ReactNode {
  const { get, set } = useUrlState();
  const navigate = useNavigate();
  const at = Number(get('at'));
  const atMs = get('at') !== undefined && Number.isSafeInteger(at) && at > 0 ? at : undefined;
  const minute = useMapAt(atMs, answer.stepMs);
  const groupedBy = groupings.find(({ by }) => by === get('group'))?.by;
  const minPerSecond = Number(traffics.find(({ min }) => min === get('min'))?.min ?? 0);
  const text = get('q') ?? '';
  const onlyProblems = get('problems') === '1';
  const openGroup = get('open');
  const current = atMs !== undefined && minute.data !== undefined ? minute.data : undefined;
  const map = useMemo(
    () =>
      shownMap(current === undefined ? answer : asOf(answer, current), {
        text,
        onlyProblems,
        minPerSecond,
        groupedBy,
        openGroup,
      }),
    [answer, current, text, onlyProblems, minPerSecond, groupedBy, openGroup],
  );
  const chosen = map.nodes.find(node => node.id === get('sel'));
  const isPhone = useIsPhone();
  const isTable = (get('view') ?? (isPhone ? 'table' : 'map')) === 'table';
  const move = useCallback(
    (next: number | undefined) => set({ at: next === undefined ? undefined : String(next) }, 'replace'),
    [set],
  );
  useKeys(
    chosen === undefined
      ? []
      : [{ keys: 'Escape', label: 'Close the pane', group: 'Page', run: () => set({ sel: undefined }) }],
  );

  function open(node: ShownNode): void {
    if (node.members.length > 1) set({ open: node.id, sel: undefined });
    else if (node.kind === 'service')
      void navigate({ to: '/services/$service', params: { service: node.name }, search: {} });
  }

  return (
    <>
      <div className={styles['filters']}>
        <FilterField
          label="Filter the map"
          onChange={value => set({ q: value === '' ? undefined : value }, 'replace')}
          placeholder="Name of a service, database, queue"
          value={text}
        />
        <Button aria-pressed={onlyProblems} onClick={() => set({ problems: onlyProblems ? undefined : '1' })}>
          Only problems
        </Button>
        <label className={styles['select']}>
          Group by
          <select
            onChange={event =>
              set({ group: event.target.value === 'auto' ? undefined : event.target.value, open: undefined })
            }
            value={groupedBy ?? 'auto'}
          >
            <option value="auto">As many need it</option>
            {groupings.map(({ by, word }) => (
              <option key={by} value={by}>
                {word}
              </option>
            ))}
          </select>
        </label>
        <label className={styles['select']}>
          Calls with
          <select
            onChange={event => set({ min: event.target.value === '0' ? undefined : event.target.value })}
            value={get('min') ?? '0'}
          >
            {traffics.map(({ min, word }) => (
              <option key={min} value={min}>
                {word}
              </option>
            ))}
          </select>
        </label>
        {openGroup !== undefined && (
          <Chip onRemove={() => set({ open: undefined })} removeLabel="Close the group">
            {openGroup.replace(/^group:/, '')} one by one
          </Chip>
        )}
        <ButtonGroup label="View">
          <Button aria-pressed={!isTable} onClick={() => set({ view: isPhone ? 'map' : undefined })}>
            Map
          </Button>
          <Button aria-pressed={isTable} onClick={() => set({ view: isPhone ? undefined : 'table' })}>
            Table
          </Button>
        </ButtonGroup>
      </div>
      <SplitPane
        onClose={() => set({ sel: undefined })}
        pane={
          chosen === undefined ? undefined : (
            <MapPane
              map={map}
              node={chosen}
              onChoose={id => set({ sel: id })}
              onOpenGroup={id => set({ open: id, sel: undefined })}
            />
          )
        }
        paneLabel="node details"
      >
        <Card
          note={`${map.nodes.length} nodes, ${map.edges.length} connections${answer.isCut ? '; the quietest are left out' : ''}`}
          title="Map"
        >
          {map.nodes.length === 0 ? (
            <Empty title="Nothing on the map matches the filter">
              <Button onClick={() => set({ q: undefined, problems: undefined, min: undefined })}>
                Remove the filter
              </Button>
            </Empty>
          ) : isTable ? (
            <MapTable map={map} onChoose={id => set({ sel: id })} />
          ) : (
            <div className={styles['graph']}>
              <MapGraph chosenId={chosen?.id} map={map} onChoose={id => set({ sel: id })} onOpen={open} />
            </div>
          )}
          <MapScrubber answer={answer} atMs={atMs} isReady={!minute.isFetching} onMove={move} />
        </Card>
      </SplitPane>
    </>
  );
}

/** Nothing called anything in the range. */
function NoServices(): ReactNode {
  const { env } = usePageRange();
  const { set } = useUrlState();
  return (
    <Card title="Map">
      <Empty
        title={
          env === undefined ? 'No service was active in this range' : `No service was active in ${env} in this range`
        }
      >
        <p>The map is drawn from server, client, producer and consumer spans as they arrive.</p>
        <div className={styles['ways']}>
          {env !== undefined && <Button onClick={() => set({ env: undefined })}>All environments</Button>}
          <LookFurtherBack />
          <Link className="link" search={{}} to="/">
            How to connect a service
          </Link>
        </div>
      </Empty>
    </Card>
  );
}
