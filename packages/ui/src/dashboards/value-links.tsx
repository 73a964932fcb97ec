import { Menu } from '@base-ui/react/menu';
import type { FollowedLink } from '@bellwether/dashboards';
import type { ReactNode } from 'react';
import { MenuItem, MenuPopup } from '../parts/menu.js';
import styles from './panels.module.css';

type ValueLinksProps = { readonly links: readonly FollowedLink[]; readonly children: ReactNode };

/** A value that leads somewhere: one link at once, several from a menu. */
export function ValueLinks({ links, children }: ValueLinksProps): ReactNode {
  const [first, ...others] = links;
  if (first === undefined) return children;
  if (others.length === 0) {
    return (
      <a
        className="link"
        href={first.address}
        rel="noreferrer"
        target={first.newTab ? '_blank' : undefined}
        title={first.title}
      >
        {children}
      </a>
    );
  }
  return (
    <Menu.Root>
      <Menu.Trigger className={`link ${styles['ways']}`}>{children}</Menu.Trigger>
      <MenuPopup>
        {links.map(link => (
          <MenuItem key={`${link.title} ${link.address}`} onClick={() => follow(link)}>
            {link.title}
          </MenuItem>
        ))}
      </MenuPopup>
    </Menu.Root>
  );
}

/** Opens a link as a click on it would. */
export function follow({ address, newTab }: FollowedLink): void {
  window.open(address, newTab ? '_blank' : '_self', 'noreferrer');
}
