import { vitePlugin as remix } from '@remix-run/dev';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';

declare module '@remix-run/server-runtime' {
  interface Future {
    v3_singleFetch: true;
  }
}

/** The dashboard: `npx remix vite:build` writes `build/app/client` (served as files) and `build/app/server/index.js`. */
export default defineConfig({
  plugins: [
    tailwindcss(),
    remix({
      appDirectory: 'app',
      buildDirectory: 'build/app',
      future: {
        v3_fetcherPersist: true,
        v3_relativeSplatPath: true,
        v3_throwAbortReason: true,
        v3_singleFetch: true,
        v3_lazyRouteDiscovery: true,
        v3_routeConfig: true,
      },
    }),
  ],
  build: { sourcemap: false, target: 'es2022', reportCompressedSize: false },
});
