/** What loaders and actions are given beside the request. */
export interface LoadContext {
  /** Of this answer's Content-Security-Policy. */
  nonce: string;
  /** Where the api listens, without a trailing slash. */
  apiUrl: string;
  /** Origin that browsers use: the only one whose forms are taken. */
  publicOrigin: string;
}

declare module '@remix-run/server-runtime' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- Remix wants its own interface widened
  interface AppLoadContext extends LoadContext {}
}
