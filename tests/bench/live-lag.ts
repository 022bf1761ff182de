// From the moment Ansible's callback writes an event to the moment a browser's socket has it.
import { io, type Socket } from 'socket.io-client';
import type { BrowserToServer, ServerToBrowser } from '#common/contracts/live.ts';
import { startInstallation } from '../support/installation.ts';
import { LOCAL_TARGETS, localDeployments } from '../support/local-deployments.ts';
import { quantile, reportFigures } from './report-figures.ts';

const HOSTS = 20;
const RUNS = 3;

const admiral = await startInstallation({ env: LOCAL_TARGETS });
try {
  const runs = localDeployments(admiral);
  const servers = await runs.addServers(HOSTS);
  const token = await admiral.adminToken();
  const socket: Socket<ServerToBrowser, BrowserToServer> = io(admiral.url, {
    path: '/ws',
    transports: ['websocket'],
    auth: { token },
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  const lags: number[] = [];
  const seen = new Set<string>();
  socket.on('deployment:update', (update) => {
    const now = Date.now();
    for (const event of update.events ?? []) {
      seen.add(`${update.deploymentId} ${String(event.sequence)}`);
      lags.push(now - Date.parse(event.at));
    }
  });
  let events = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const id = await runs.create('test/overhead', servers, { folder: '/tmp' });
    const answer = await socket.timeout(5000).emitWithAck('subscribe', `deployment:${id}`);
    if (!answer.ok) throw new Error(`not subscribed: ${JSON.stringify(answer)}`);
    const end = await runs.waitForEnd(id);
    await new Promise((resolve) => setTimeout(resolve, 500));
    events += end.lastEventSequence;
  }
  socket.close();
  await admiral.stop({ remove: true });
  reportFigures('live-lag', [
    { id: 'events', value: events, bar: null },
    { id: 'events_not_seen', value: events - seen.size, bar: 0 },
    { id: 'p50_ms', value: quantile(lags, 0.5), bar: null },
    { id: 'p95_ms', value: quantile(lags, 0.95), bar: 500 },
    { id: 'max_ms', value: Math.max(...lags), bar: null },
  ]);
} catch (error) {
  await admiral.stop({ remove: true });
  throw error;
}
