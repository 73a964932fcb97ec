import type { ProfileRow } from '@bellwether/model';
import { Link } from '@tanstack/react-router';
import { useMemo, type ReactNode } from 'react';
import { formatBytes, formatCount, formatDateTime, formatDuration, formatExact } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Button } from '../parts/button.js';
import { Card } from '../parts/card.js';
import { Chip } from '../parts/chip.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { LookFurtherBack } from '../parts/look-further-back.js';
import { Failure } from '../parts/failure.js';
import { Missing } from '../parts/missing.js';
import { Page } from '../parts/page.js';
import { Remote } from '../parts/remote.js';
import { Skeleton, SkeletonBlock } from '../parts/skeleton.js';
import { useUrlState } from '../url-state.js';
import { FlamePanel } from './flame-panel.js';
import styles from './flame.module.css';
import { useProfile, useProfiles } from './profiles-query.js';
import { compared } from './read-pprof.js';

/** Where CPU time and memory went: profiles by service and time, each as a flame graph, or two of them compared. */
export function ProfilesPage(): ReactNode {
  const { get, set } = useUrlState();
  const service = get('service');
  const trace = get('trace');
  const query = useProfiles(service, trace);
  return (
    <Page title="Profiles">
      {(service !== undefined || trace !== undefined) && (
        <div className={styles['filters']}>
          {service !== undefined && (
            <Chip onRemove={() => set({ service: undefined })} removeLabel="Profiles of all services">
              Service {service}
            </Chip>
          )}
          {trace !== undefined && (
            <Chip onRemove={() => set({ trace: undefined })} removeLabel="Profiles of all traces">
              Taken during trace {trace.slice(0, 8)}
            </Chip>
          )}
        </div>
      )}
      <Remote
        query={query}
        skeleton={
          <Card title="Profiles">
            <Skeleton rows={8} />
          </Card>
        }
      >
        {({ profiles }) => (profiles.length === 0 ? <NoProfiles /> : <Profiles profiles={profiles} />)}
      </Remote>
    </Page>
  );
}

function Profiles({ profiles }: { readonly profiles: readonly ProfileRow[] }): ReactNode {
  const { get, set } = useUrlState();
  const { zone } = usePageRange();
  const chosen = profiles.find(row => row.name === get('sel'));
  return (
    <>
      {chosen !== undefined && <ProfileCard chosen={chosen} profiles={profiles} />}
      <Card note={formatExact(profiles.length)} title="Profiles">
        <DataTable
          columns={columns(zone, name => set({ sel: name, base: undefined }))}
          label="Profiles"
          onOpen={row => set({ sel: row.name, base: undefined })}
          rowKey={row => row.name}
          rows={profiles}
          selectedKey={chosen?.name}
          sortParam={chosen === undefined ? 'sort' : undefined}
          walks={chosen === undefined}
        />
      </Card>
    </>
  );
}

const kindWords = (kind: string): string =>
  kind === 'cpu' ? 'CPU' : kind === 'heap' ? 'Heap' : kind === '' ? 'Profile' : kind;

function ProfileCard({
  chosen,
  profiles,
}: {
  readonly chosen: ProfileRow;
  readonly profiles: readonly ProfileRow[];
}): ReactNode {
  const { get, set } = useUrlState();
  const { zone } = usePageRange();
  const others = profiles.filter(
    row => row.name !== chosen.name && row.kind === chosen.kind && row.service === chosen.service,
  );
  const base = others.find(row => row.name === get('base'));
  const trace = get('trace');
  const span = get('span');
  const whole = useProfile(chosen);
  const own = whole.data?.requests.filter(one => one.traceId === trace) ?? [];
  const only = own.length === 0 || trace === undefined || get('samples') === 'all' ? undefined : trace;
  // A profile of an older SDK says the trace alone.
  const spanId = own.some(one => one.spanId === span) ? span : undefined;
  const now = useProfile(chosen, only === undefined ? undefined : { traceId: only, spanId });
  const before = useProfile(base);
  const nowFrames = now.data?.frames;
  const beforeFrames = base === undefined ? undefined : before.data?.frames;
  const frames = useMemo(
    () => (nowFrames === undefined || beforeFrames === undefined ? nowFrames : compared(nowFrames, beforeFrames)),
    [nowFrames, beforeFrames],
  );
  const format = formatOf(whole.data?.unit ?? '');
  const largest = (own.length > 0 ? own : whole.data?.requests)?.[0];
  return (
    <Card
      note={`${chosen.service}, ${formatDateTime(chosen.start, zone)}, ${formatDuration(chosen.durationMs)}${chosen.version === '' ? '' : `, ${chosen.version}`}`}
      right={
        <span className={styles['filters']}>
          <label>
            <span className="unseen">Compare with</span>
            <select
              onChange={event => set({ base: event.target.value === '' ? undefined : event.target.value })}
              value={base?.name ?? ''}
            >
              <option value="">Compare with …</option>
              {others.map(row => (
                <option key={row.name} value={row.name}>
                  {`${formatDateTime(row.start, zone)} ${row.version}`}
                </option>
              ))}
            </select>
          </label>
          {own.length > 0 && (
            <Button
              aria-pressed={only !== undefined}
              onClick={() => set({ samples: only === undefined ? undefined : 'all' })}
              title="The samples that were taken while this request alone was worked on"
            >
              This {spanId === undefined ? 'trace' : 'span'} alone:{' '}
              {format(
                own
                  .filter(one => spanId === undefined || one.spanId === spanId)
                  .reduce((sum, { value }) => sum + value, 0),
              )}
            </Button>
          )}
          {largest !== undefined && (
            <Link
              className="link"
              params={{ traceId: largest.traceId }}
              search={{ span: largest.spanId === '' ? undefined : largest.spanId }}
              title="The request that the profile has most samples of"
              to="/traces/$traceId"
            >
              Its span of {format(largest.value)}
            </Link>
          )}
          {chosen.traceIds[0] !== undefined && (
            <Link className="link" params={{ traceId: chosen.traceIds[0] }} search={{}} to="/traces/$traceId">
              {chosen.traceIds.length === 1 ? 'Its trace' : `First of ${formatCount(chosen.traceIds.length)} traces`}
            </Link>
          )}
          <Button onClick={() => set({ sel: undefined, base: undefined })}>Close</Button>
        </span>
      }
      title={kindWords(chosen.kind)}
    >
      {now.isError ? (
        <Failure error={now.error} onRetry={() => void now.refetch()} />
      ) : frames === undefined ? (
        <SkeletonBlock heightPx={420} />
      ) : (
        <FlamePanel format={format} frames={frames} what="Function" />
      )}
    </Card>
  );
}

/** Values of pprof's units as people read them. */
function formatOf(unit: string): (value: number) => string {
  if (unit === 'nanoseconds') return value => formatDuration(value / 1e6);
  if (unit === 'microseconds') return value => formatDuration(value / 1e3);
  if (unit === 'milliseconds') return formatDuration;
  if (unit === 'bytes') return formatBytes;
  return formatCount;
}

function columns(
  zone: ReturnType<typeof usePageRange>['zone'],
  onOpen: (name: string) => void,
): readonly Column<ProfileRow>[] {
  return [
    {
      key: 'time',
      title: 'Time',
      width: '150px',
      largestFirst: true,
      value: row => row.start,
      unit: 'time',
      cell: row => (
        <button className={styles['open']} onClick={() => onOpen(row.name)} type="button">
          {formatDateTime(row.start, zone)}
        </button>
      ),
    },
    { key: 'kind', title: 'Kind', width: '80px', value: row => row.kind, cell: row => kindWords(row.kind) },
    {
      key: 'service',
      title: 'Service',
      value: row => row.service,
      cell: row => (
        <Link className="link" params={{ service: row.service }} search={{}} to="/services/$service">
          {row.service}
        </Link>
      ),
    },
    {
      key: 'version',
      title: 'Version',
      width: '140px',
      fromPx: 800,
      value: row => row.version,
      cell: row => row.version,
    },
    {
      key: 'duration',
      title: 'Took',
      right: true,
      width: '84px',
      value: row => row.durationMs,
      unit: 'ms',
      cell: row => formatDuration(row.durationMs),
    },
    {
      key: 'traces',
      title: 'Traces',
      hint: 'Traces that were worked on meanwhile',
      right: true,
      width: '84px',
      fromPx: 600,
      largestFirst: true,
      value: row => row.traceIds.length,
      cell: row =>
        row.traceIds.length === 0 ? (
          <Missing why="No trace was worked on meanwhile" />
        ) : (
          formatCount(row.traceIds.length)
        ),
    },
    {
      key: 'size',
      title: 'Size',
      right: true,
      width: '90px',
      fromPx: 800,
      value: row => row.bytes,
      unit: 'bytes',
      cell: row => formatBytes(row.bytes),
    },
  ];
}

function NoProfiles(): ReactNode {
  const { get, set } = useUrlState();
  const isFiltered = get('service') !== undefined || get('trace') !== undefined;
  return (
    <Card title="Profiles">
      <Empty title={isFiltered ? 'No profile of it was taken in this range' : 'No profile was taken in this range'}>
        <p>
          With <code>BELLWETHER_PROFILE_RATE=0.1</code> a service that runs with our SDK profiles a tenth of its time;{' '}
          <code>profile()</code> takes one now.
        </p>
        <div className={styles['filters']}>
          {isFiltered && (
            <Button onClick={() => set({ service: undefined, trace: undefined })}>Remove the filter</Button>
          )}
          <LookFurtherBack />
        </div>
      </Empty>
    </Card>
  );
}
