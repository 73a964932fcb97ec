import type { ErrorEvent, ErrorFrame } from '@bellwether/model';
import { useState, type ReactNode } from 'react';
import { formatCounted } from '../format.js';
import { Button, ButtonGroup } from '../parts/button.js';
import { Card } from '../parts/card.js';
import { Empty } from '../parts/empty.js';
import { StatusMark } from '../parts/status-mark.js';
import { errorTitle } from './error-trend.js';
import styles from './errors.module.css';

const storageKey = 'bellwether.stack';

function storedView(): 'frames' | 'raw' {
  try {
    return localStorage.getItem(storageKey) === 'raw' ? 'raw' : 'frames';
  } catch {
    return 'frames';
  }
}

/** What was thrown and its causes, each with its frames: always open, those of the service's own code in sight, the others folded. */
export function StackView({ event }: { readonly event: ErrorEvent }): ReactNode {
  const [view, setView] = useState(storedView);
  const choose = (next: 'frames' | 'raw'): void => {
    setView(next);
    try {
      localStorage.setItem(storageKey, next);
    } catch {
      // Without storage the choice holds until the page is left.
    }
  };
  const hasFrames = event.exceptions.some(({ frames }) => frames.length > 0);
  return (
    <Card
      right={
        event.stacktrace !== '' && (
          <ButtonGroup label="How the stack is shown">
            <Button aria-pressed={view === 'frames'} onClick={() => choose('frames')}>
              Frames
            </Button>
            <Button aria-pressed={view === 'raw'} onClick={() => choose('raw')}>
              Raw
            </Button>
          </ButtonGroup>
        )
      }
      title="Stack"
    >
      {event.unmapped.length > 0 && <Unmapped event={event} />}
      {view === 'raw' && event.stacktrace !== '' ? (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls
        <pre className={styles['raw']} tabIndex={0}>
          {event.stacktrace}
        </pre>
      ) : (
        event.exceptions.map((exception, i) => (
          // oxlint-disable-next-line react/no-array-index-key -- causes have no other name than their place
          <section className={styles['exception']} key={i}>
            <h3>
              {i > 0 && <span className={styles['facts']}>Caused by</span>} {errorTitle(exception)}
            </h3>
            <Frames frames={exception.frames} />
          </section>
        ))
      )}
      {!hasFrames && view === 'frames' && (
        <Empty title="No stack was sent">
          <p>Errors that are captured with their exception have one; a text that is only logged has none.</p>
        </Empty>
      )}
    </Card>
  );
}

/** Which files of a build could not be led back to what was written, and what to do. */
function Unmapped({ event: { unmapped, version } }: { readonly event: ErrorEvent }): ReactNode {
  return (
    <div className={styles['suspect']} role="note">
      {unmapped.map(({ file, why }) => (
        <p key={file}>
          <StatusMark status="warn" word="Not mapped" />
          <span className="mono">{file}</span>
          <span>{why}</span>
        </p>
      ))}
      {version !== '' && (
        <p className={styles['facts']}>
          Maps count for what came before them, too:{' '}
          <code>npx bellwether sourcemaps upload --release {version} dist</code>
        </p>
      )}
    </div>
  );
}

/** Runs of foreign frames are folded, unless there are no others. */
function Frames({ frames }: { readonly frames: readonly ErrorFrame[] }): ReactNode {
  const hasOwn = frames.some(({ isOwn }) => isOwn);
  const runs: { readonly isFolded: boolean; readonly from: number; readonly frames: ErrorFrame[] }[] = [];
  frames.forEach((frame, at) => {
    const isFolded = hasOwn && !frame.isOwn;
    const last = runs.at(-1);
    if (last === undefined || last.isFolded !== isFolded) runs.push({ isFolded, from: at, frames: [frame] });
    else last.frames.push(frame);
  });
  return (
    <ol className={styles['frames']}>
      {runs.map(run =>
        run.isFolded ? (
          <li key={run.from}>
            <details>
              <summary>{formatCounted(run.frames.length, 'frame', 'frames')} of libraries and the runtime</summary>
              <ol className={styles['frames']}>
                {run.frames.map((frame, i) => (
                  // oxlint-disable-next-line react/no-array-index-key -- a frame may stand twice
                  <Frame frame={frame} key={run.from + i} />
                ))}
              </ol>
            </details>
          </li>
        ) : (
          // oxlint-disable-next-line react/no-array-index-key -- a frame may stand twice
          run.frames.map((frame, i) => <Frame frame={frame} key={run.from + i} />)
        ),
      )}
    </ol>
  );
}

function Frame({ frame }: { readonly frame: ErrorFrame }): ReactNode {
  return (
    <li className={frame.isOwn ? styles['own'] : undefined}>
      <div className={`mono ${styles['frame']}`}>
        <b>{frame.called === '' ? '<anonymous>' : frame.called}</b>
        <span className={styles['at']}>{frame.place}</span>
        {frame.generated !== '' && <span className={styles['at']}>ran as {frame.generated}</span>}
      </div>
      {frame.source.length > 0 && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls
        <pre className={styles['source']} tabIndex={0}>
          {frame.source.map(({ line, text, isHere }) => (
            <span data-here={isHere} key={line}>
              <i>{line}</i>
              {text}
              {'\n'}
            </span>
          ))}
        </pre>
      )}
      {frame.variables.length > 0 && <Variables frame={frame} />}
    </li>
  );
}

/** What the function knew when the error was thrown. */
function Variables({ frame: { called, variables } }: { readonly frame: ErrorFrame }): ReactNode {
  return (
    <details className={styles['variables']}>
      <summary>{formatCounted(variables.length, 'local variable', 'local variables')}</summary>
      <table aria-label={`Local variables of ${called === '' ? '<anonymous>' : called}`} className="mono">
        <tbody>
          {variables.map(({ name, value }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
