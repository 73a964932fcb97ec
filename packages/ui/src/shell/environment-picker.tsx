import { Menu } from '@base-ui/react/menu';
import { useQuery } from '@tanstack/react-query';
import { ChevronDown } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { fetchServices } from '../api-client.js';
import { usePageRange } from '../page-range.js';
import { buttonClass } from '../parts/button.js';
import { MenuPopup, MenuRadioItem } from '../parts/menu.js';
import { useUrlState } from '../url-state.js';
import styles from './top-bar.module.css';

// No environment has this name: they cannot hold a slash followed by a space.
const everywhere = '/ all';

/** One environment or all; asks which there are only when it is opened. */
export function EnvironmentPicker(): ReactNode {
  const { env, params } = usePageRange();
  const { set } = useUrlState();
  const [open, setOpen] = useState(false);
  const answer = useQuery({
    queryKey: ['services', params.from, params.to, ''],
    queryFn: ({ signal }) => fetchServices({ ...params, env: undefined }, signal),
    enabled: open,
  });
  const known = new Set(answer.data?.environments.filter(name => name !== ''));
  if (env !== undefined) known.add(env);
  return (
    <Menu.Root onOpenChange={setOpen} open={open}>
      <Menu.Trigger className={buttonClass('plain', styles['env'])} title="Environment">
        {env ?? 'All'}{' '}
        <span className={`${styles['grey']} ${styles['wide']}`}>{env === undefined ? 'environments' : 'env'}</span>
        <ChevronDown aria-hidden="true" />
      </Menu.Trigger>
      <MenuPopup>
        <Menu.RadioGroup
          onValueChange={(value: string) => set({ env: value === everywhere ? undefined : value })}
          value={env ?? everywhere}
        >
          <MenuRadioItem value={everywhere}>All environments</MenuRadioItem>
          {[...known].map(name => (
            <MenuRadioItem key={name} value={name}>
              {name}
            </MenuRadioItem>
          ))}
        </Menu.RadioGroup>
      </MenuPopup>
    </Menu.Root>
  );
}
