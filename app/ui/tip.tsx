import * as Tooltip from '@radix-ui/react-tooltip';
import type { ReactElement } from 'react';

/** A short text on hover and focus. Radix describes the child by it for screen readers. */
export function Tip({ text, children }: { text: string; children: ReactElement }) {
  return (
    <Tooltip.Provider delayDuration={250}>
      <Tooltip.Root>
        <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
        <Tooltip.Portal>
          <Tooltip.Content
            sideOffset={6}
            collisionPadding={8}
            className="z-50 max-w-72 rounded border border-line bg-raised px-2 py-1 text-xs text-text shadow-pop"
          >
            {text}
          </Tooltip.Content>
        </Tooltip.Portal>
      </Tooltip.Root>
    </Tooltip.Provider>
  );
}
