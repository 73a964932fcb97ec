import { Menu } from '@base-ui/react/menu';
import { followedLinks, type Scope, type TagLink } from '@bellwether/dashboards';
import { useQuery } from '@tanstack/react-query';
import { ChevronDown } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { buttonClass } from '../parts/button.js';
import { MenuItem, MenuPopup } from '../parts/menu.js';
import { fetchDashboards } from './dashboards-client.js';
import { follow } from './value-links.js';

type TagLinkMenuProps = { readonly link: TagLink; readonly scope: Scope; readonly uid: string };

/** The other dashboards with the same tags, asked for when somebody wants to see them. */
export function TagLinkMenu({ link, scope, uid }: TagLinkMenuProps): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const query = useQuery({
    queryKey: ['dashboards'],
    queryFn: ({ signal }) => fetchDashboards(signal),
    enabled: isOpen,
  });
  const found = (query.data?.dashboards ?? []).filter(
    one => one.uid !== uid && link.tags.every(tag => one.tags.includes(tag)),
  );
  const links = followedLinks(
    found.map(one => ({ ...link, title: one.title, url: `/dashboards/${one.uid}` })),
    scope,
  );
  return (
    <Menu.Root onOpenChange={setOpen}>
      <Menu.Trigger className={buttonClass('ghost')}>
        {link.title}
        <ChevronDown aria-hidden="true" />
      </Menu.Trigger>
      <MenuPopup>
        {links.map(one => (
          <MenuItem key={one.address} onClick={() => follow(one)}>
            {one.title}
          </MenuItem>
        ))}
        {query.data !== undefined && links.length === 0 && (
          <MenuItem onClick={() => undefined}>No other dashboard has {link.tags.join(' and ') || 'tags'}</MenuItem>
        )}
      </MenuPopup>
    </Menu.Root>
  );
}
