import { createContext } from 'react';

/** Where the card around has room at the right end of its title line; null outside of cards. */
export const CardEnd = createContext<HTMLElement | null>(null);
