import * as Radix from '@radix-ui/react-dialog';
import type { ReactNode } from 'react';
import { IconButton } from './button.tsx';

/** A modal dialog. Focus goes in, stays, and returns; Escape closes. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  children,
  wide = false,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: ReactNode;
  children: ReactNode;
  wide?: boolean;
}) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 grid items-start justify-items-center overflow-y-auto bg-backdrop p-4 pt-[10vh]">
          <Radix.Content
            {...(description ? {} : { 'aria-describedby': undefined })}
            className={`relative w-full animate-[appear_140ms_ease-out] rounded-lg border border-line bg-raised shadow-pop ${wide ? 'max-w-2xl' : 'max-w-md'}`}
          >
            <Radix.Title className="px-5 pt-4 pr-14 text-lg font-semibold break-words">{title}</Radix.Title>
            {description ? (
              <Radix.Description asChild>
                <div className="px-5 pt-1 text-sm text-muted">{description}</div>
              </Radix.Description>
            ) : null}
            <div className="px-5 pt-3 pb-5">{children}</div>
            {/* Last in order, so that the first field or the safe button gets the focus. */}
            <Radix.Close asChild>
              <IconButton label="Close" icon="cross" className="absolute top-3 right-3" />
            </Radix.Close>
          </Radix.Content>
        </Radix.Overlay>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** The row of buttons that ends a dialog or form. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className="mt-5 flex flex-wrap justify-end gap-2">{children}</div>;
}
