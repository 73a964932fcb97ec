import { Menu } from '@base-ui/react/menu';
import { useParams } from '@tanstack/react-router';
import { ChevronDown } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { formatDateTime } from '../format.js';
import { usePageRange } from '../page-range.js';
import { buttonClass } from '../parts/button.js';
import { MenuNote, MenuPopup, MenuRadioItem } from '../parts/menu.js';
import { comparedName } from '../compared-name.js';
import { readBeforeDeploy, writeBeforeDeploy } from '../time-range.js';
import { useDeploys } from '../use-deploys.js';
import { useUrlState } from '../url-state.js';
import styles from './top-bar.module.css';

const shownDeploys = 8;

/** Which earlier period is drawn dashed and fills the "vs" columns. */
export function ComparePicker(): ReactNode {
  const page = usePageRange();
  const { set } = useUrlState();
  const name = comparedName(page);
  const [isOpen, setOpen] = useState(false);
  return (
    <Menu.Root onOpenChange={setOpen} open={isOpen}>
      <Menu.Trigger className={buttonClass('plain', styles['wide'])} data-on={name !== undefined} title="Compare (c)">
        {name === undefined ? 'Compare' : `Compare: ${name}`}
        <ChevronDown aria-hidden="true" />
      </Menu.Trigger>
      <MenuPopup>
        <Menu.RadioGroup
          onValueChange={(value: string) => set({ cmp: value === 'off' ? undefined : value })}
          value={page.cmp ?? 'off'}
        >
          <MenuRadioItem value="off">No comparison</MenuRadioItem>
          <MenuRadioItem hint="c" value="prev">
            The period before
          </MenuRadioItem>
          <MenuRadioItem value="day">The same time yesterday</MenuRadioItem>
          <MenuRadioItem value="week">The same time last week</MenuRadioItem>
          {isOpen && <DeployItems />}
        </Menu.RadioGroup>
      </MenuPopup>
    </Menu.Root>
  );
}

/** The time before each deploy of the range, on a service's page before each of its own; the chosen one stays in the menu. */
function DeployItems(): ReactNode {
  const { cmp, fromMs, toMs, nowMs, zone } = usePageRange();
  const { service } = useParams({ strict: false });
  const query = useDeploys({ fromMs, toMs });
  const found = (query.data ?? []).filter(
    deploy => deploy.service === '' || (service ?? deploy.service) === deploy.service,
  );
  const values = new Map(found.slice(0, shownDeploys).map(deploy => [writeBeforeDeploy(deploy), deploy]));
  const chosen = readBeforeDeploy(cmp);
  if (query.isPending) return <MenuNote>Looking for deploys</MenuNote>;
  if (query.isError) return <MenuNote>The deploys could not be read</MenuNote>;
  return (
    <>
      {chosen !== undefined && cmp !== undefined && !values.has(cmp) && (
        <MenuRadioItem hint={formatDateTime(chosen.atMs, zone, nowMs)} value={cmp}>
          Before {chosen.version}
        </MenuRadioItem>
      )}
      {[...values].map(([value, deploy]) => (
        <MenuRadioItem hint={formatDateTime(deploy.atMs, zone, nowMs)} key={value} value={value}>
          Before {deploy.version}
          {service === undefined && deploy.service !== '' && ` of ${deploy.service}`}
        </MenuRadioItem>
      ))}
      {found.length === 0 && chosen === undefined && <MenuNote>No deploy in this range</MenuNote>}
    </>
  );
}
