import type { ButtonHTMLAttributes, ReactNode } from 'react';
import styles from './button.module.css';

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & {
  readonly look?: 'plain' | 'ghost' | 'primary';
};

/** A control of 28 px. `aria-pressed` draws it as switched on. */
export function Button({ look = 'plain', className, ...rest }: ButtonProps): ReactNode {
  return <button className={buttonClass(look, className)} type="button" {...rest} />;
}

/** The same look for what is a link or another library's trigger. */
export function buttonClass(look: 'plain' | 'ghost' | 'primary' = 'plain', more?: string): string {
  return [styles['button'], look === 'plain' ? undefined : styles[look], more].filter(Boolean).join(' ');
}

/** Buttons that belong together, drawn as one. */
export function ButtonGroup({ children, label }: { children: ReactNode; label: string }): ReactNode {
  return (
    <div aria-label={label} className={styles['group']} role="group">
      {children}
    </div>
  );
}
