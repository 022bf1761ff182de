import { ServerPage, type Server } from '#common/contracts/servers.ts';
import { readApi, type Door } from '../api/call-api.server.ts';

/** Most servers that a choice offers: as many as one deployment takes. */
const MOST = 2000;

/** All servers, page after page. */
export async function readAllServers(door: Door): Promise<Server[]> {
  const servers: Server[] = [];
  let cursor: string | null = null;
  do {
    const path: string = `/api/servers?limit=200${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const page: { items: Server[]; nextCursor: string | null } = await readApi(door, path, ServerPage);
    servers.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null && servers.length < MOST);
  return servers;
}
