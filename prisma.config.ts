import { defineConfig } from 'prisma/config';
import { MigrateAdapter, migrationTarget } from './common/db/migrate-adapter.ts';

// The command line tool leaves idle timers behind that keep it alive for up to a minute after its work.
const setTimeoutOriginal = globalThis.setTimeout;
globalThis.setTimeout = ((callback: () => void, ms?: number, ...rest: unknown[]) => {
  const timer = setTimeoutOriginal(callback, ms, ...rest) as unknown as NodeJS.Timeout;
  if ((ms ?? 0) >= 5000) timer.unref();
  return timer;
}) as unknown as typeof setTimeout;

export default defineConfig({
  experimental: { adapter: true },
  engine: 'js',
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  adapter: () => Promise.resolve(new MigrateAdapter(migrationTarget())),
});
