import type { LoaderFunctionArgs } from '@remix-run/node';
import { Outlet, useLoaderData, useNavigation, type ShouldRevalidateFunction } from '@remix-run/react';
import { Toaster } from 'sonner';
import { Me } from '#common/contracts/access.ts';
import { readApi } from '../api/call-api.server.ts';
import { ConnectionBanner } from '../live/connection-banner.tsx';
import { LiveProvider } from '../live/live-context.tsx';
import { Brand } from '../shell/brand.tsx';
import { MeContext } from '../shell/me-context.ts';
import { Navigation } from '../shell/navigation.tsx';
import { PageFault } from '../shell/page-fault.tsx';
import { TopBar } from '../shell/top-bar.tsx';

export async function loader(door: LoaderFunctionArgs) {
  return { me: await readApi(door, '/api/auth/me', Me) };
}

export const shouldRevalidate: ShouldRevalidateFunction = ({ formAction, defaultShouldRevalidate }) =>
  formAction === undefined && defaultShouldRevalidate;

/** Everything around a page for somebody who is signed in. */
export default function Shell() {
  const { me } = useLoaderData<typeof loader>();
  return (
    <MeContext.Provider value={me}>
      <LiveProvider>
        <a
          href="#content"
          className="fixed top-2 left-2 z-50 -translate-y-20 rounded border border-line bg-raised px-3 py-1.5 text-sm font-medium focus:translate-y-0"
        >
          Skip to content
        </a>
        <div className="lg:grid lg:grid-cols-[13rem_minmax(0,1fr)]">
          <div className="hidden border-r border-line bg-surface lg:block">
            <div className="sticky top-0 h-dvh overflow-y-auto">
              <Navigation
                brand={
                  <div className="mb-2 flex h-12 items-center px-2">
                    <Brand />
                  </div>
                }
              />
            </div>
          </div>
          <div className="flex min-h-dvh min-w-0 flex-col">
            <TopBar />
            <ConnectionBanner />
            <LoadingBar />
            <main id="content" tabIndex={-1} className="min-w-0 grow outline-none">
              <Outlet />
            </main>
          </div>
        </div>
        <Toaster
          position="bottom-right"
          toastOptions={{
            unstyled: true,
            classNames: {
              toast:
                'flex w-full items-center gap-2.5 rounded-lg border border-line bg-raised px-3.5 py-3 text-sm text-text shadow-pop',
              description: 'text-muted',
            },
          }}
        />
      </LiveProvider>
    </MeContext.Provider>
  );
}

/** A thin line while the next page is on its way. */
function LoadingBar() {
  const { state } = useNavigation();
  return (
    <div aria-hidden="true" className="sticky top-12 z-20 h-0">
      {state === 'idle' ? null : (
        <div className="h-0.5 w-full animate-[pulse-soft_800ms_ease-in-out_infinite] bg-accent" />
      )}
    </div>
  );
}

export function ErrorBoundary() {
  return (
    <main className="mx-auto grid min-h-dvh max-w-xl content-center p-6">
      <PageFault />
    </main>
  );
}
