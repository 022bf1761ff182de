import { Link, type LinkProps } from '@remix-run/react';
import { forwardRef, type ButtonHTMLAttributes, type ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';
import { Tip } from './tip.tsx';

export type ButtonLook = 'primary' | 'plain' | 'quiet' | 'danger';

const LOOKS: Record<ButtonLook, string> = {
  primary: 'border-accent bg-accent text-on-accent hover:opacity-90',
  plain: 'border-line bg-surface text-text hover:bg-hover',
  quiet: 'border-transparent bg-transparent text-text hover:bg-hover',
  danger: 'border-bad bg-surface text-bad hover:bg-bad-soft',
};

export function buttonClass(look: ButtonLook = 'plain', className = ''): string {
  return `inline-flex min-h-8 items-center justify-center gap-1.5 rounded border px-3 text-sm font-medium whitespace-nowrap transition-colors select-none disabled:cursor-not-allowed disabled:opacity-55 aria-disabled:cursor-not-allowed aria-disabled:opacity-55 ${LOOKS[look]} ${className}`;
}

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: ButtonLook;
  icon?: IconName;
  /** Shows a spinner and refuses presses. */
  busy?: boolean;
  /** Why it cannot be pressed now. The button stays reachable by keyboard and says so. */
  disabledReason?: string | null | undefined;
  children: ReactNode;
}

export const Button = forwardRef<HTMLButtonElement, ButtonProps>(function Button(
  { look = 'plain', icon, busy = false, disabledReason, className = '', children, onClick, type = 'button', ...rest },
  ref,
) {
  const isBlocked = busy || Boolean(disabledReason);
  const button = (
    <button
      {...rest}
      ref={ref}
      type={isBlocked ? 'button' : type}
      className={buttonClass(look, className)}
      aria-disabled={isBlocked || undefined}
      onClick={
        isBlocked
          ? (event) => {
              event.preventDefault();
            }
          : onClick
      }
    >
      {busy ? <Icon name="spinner" size={14} /> : icon ? <Icon name={icon} size={14} /> : null}
      {children}
    </button>
  );
  return disabledReason ? <Tip text={disabledReason}>{button}</Tip> : button;
});

export function ButtonLink({
  look = 'plain',
  icon,
  className = '',
  children,
  ...rest
}: LinkProps & { look?: ButtonLook; icon?: IconName }) {
  return (
    <Link {...rest} className={buttonClass(look, className)}>
      {icon ? <Icon name={icon} size={14} /> : null}
      {children}
    </Link>
  );
}

interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children'> {
  label: string;
  icon: IconName;
}

/** A square button with an icon alone; `label` is its name. */
export const IconButton = forwardRef<HTMLButtonElement, IconButtonProps>(function IconButton(
  { label, icon, className = '', ...rest },
  ref,
) {
  return (
    <Tip text={label}>
      <button
        type="button"
        {...rest}
        ref={ref}
        aria-label={label}
        className={`inline-grid size-8 shrink-0 place-items-center rounded text-muted transition-colors hover:bg-hover hover:text-text ${className}`}
      >
        <Icon name={icon} />
      </button>
    </Tip>
  );
});
