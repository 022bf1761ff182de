import type { LinksFunction, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Links, Meta, Outlet, Scripts, ScrollRestoration, useRouteLoaderData } from '@remix-run/react';
import { useContext, type ReactNode } from 'react';
import { NonceContext } from './shell/nonce.ts';
import { themeFromCookie, type Theme } from './shell/theme.ts';
import { PageFault } from './shell/page-fault.tsx';
import styles from './styles.css?url';

export const links: LinksFunction = () => [
  { rel: 'stylesheet', href: styles },
  { rel: 'icon', href: ICON, type: 'image/svg+xml' },
];

export const meta: MetaFunction = () => [{ title: 'Node Pulse Admiral' }];

export function loader({ request }: LoaderFunctionArgs) {
  return { theme: themeFromCookie(request.headers.get('cookie')) };
}

/** The document around every page, also around a fault of the root itself. */
export function Layout({ children }: { children: ReactNode }) {
  const nonce = useContext(NonceContext);
  const theme: Theme = useRouteLoaderData<typeof loader>('root')?.theme ?? 'system';
  return (
    <html lang="en" data-theme={theme === 'system' ? undefined : theme} suppressHydrationWarning>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content={theme === 'system' ? 'light dark' : theme} />
        <Meta />
        <Links />
      </head>
      <body>
        {children}
        <ScrollRestoration nonce={nonce} />
        <Scripts nonce={nonce} />
      </body>
    </html>
  );
}

export default function App() {
  return <Outlet />;
}

export function ErrorBoundary() {
  return (
    <main className="mx-auto grid min-h-dvh max-w-xl content-center p-6">
      <PageFault />
    </main>
  );
}

/** A compass rose, small enough to travel in the page. */
const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#2f55d4"/><path d="M2.5 8.5h2.6l1.6-4 2.6 7 1.6-3h2.6" fill="none" stroke="#fff" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/></svg>',
)}`;
