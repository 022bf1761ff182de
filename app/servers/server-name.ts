/** What people call a server. */
export const serverName = (server: { displayName: string | null; hostname: string }): string =>
  server.displayName ?? server.hostname;
