import type { ReactNode } from 'react';
import { Brand } from './brand.tsx';

/** The page outside the shell: sign-in, set-up, invitation. */
export function DoorFrame({ title, lead, children }: { title: string; lead?: ReactNode; children: ReactNode }) {
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <div className="grid w-full max-w-sm gap-6">
        <Brand />
        <div>
          <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
          {lead ? <p className="mt-1 text-sm text-muted">{lead}</p> : null}
        </div>
        {children}
      </div>
    </main>
  );
}
