import { Popover } from '@base-ui/react/popover';
import { ChevronDown, ChevronLeft, ChevronRight, Clock } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { formatRange, zoneName } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Button, buttonClass, ButtonGroup } from '../parts/button.js';
import { PopoverPopup } from '../parts/popover.js';
import { describeRange } from '../range-words.js';
import { defaultRange, shiftRange } from '../time-range.js';
import { RangeForm } from './range-form.js';
import styles from './top-bar.module.css';

const openEvent = 'bellwether-open-range';

/** For the key `t`: the field listens wherever it is. */
export function openRangeField(): void {
  document.dispatchEvent(new Event(openEvent));
}

/** The range of the whole application: half a range back and forth, and the field to say another. */
export function RangeField(): ReactNode {
  const { range, fromMs, toMs, nowMs, zone, setRange } = usePageRange();
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const show = (): void => setOpen(true);
    document.addEventListener(openEvent, show);
    return () => document.removeEventListener(openEvent, show);
  }, []);
  const atNow = range.kind !== 'fixed' || toMs >= nowMs - 1000;
  return (
    <>
      {range.kind === 'fixed' && (
        <Button className={styles['wide']} onClick={() => setRange(defaultRange)}>
          Back to live
        </Button>
      )}
      <ButtonGroup label="Time range">
        <Button aria-label="Earlier" onClick={() => setRange(shiftRange(range, -1, Date.now()))} title="Earlier ([)">
          <ChevronLeft aria-hidden="true" />
        </Button>
        <Popover.Root onOpenChange={setOpen} open={open}>
          <Popover.Trigger className={buttonClass()} title="Time range (t)">
            <Clock aria-hidden="true" className={styles['wide']} />
            <span>{describeRange(range, nowMs, zone)}</span>
            <span className={`num ${styles['grey']} ${styles['times']}`}>
              {range.kind === 'fixed' ? '' : `${formatRange(fromMs, toMs, nowMs, zone)} `}
              {zoneName(toMs, zone)}
            </span>
            <ChevronDown aria-hidden="true" />
          </Popover.Trigger>
          <PopoverPopup label="Time range">
            <RangeForm onDone={() => setOpen(false)} />
          </PopoverPopup>
        </Popover.Root>
        <Button
          aria-label="Later"
          disabled={atNow}
          onClick={() => setRange(shiftRange(range, 1, Date.now()))}
          title="Later (])"
        >
          <ChevronRight aria-hidden="true" />
        </Button>
      </ButtonGroup>
    </>
  );
}
