import type { RunEvent } from '#common/contracts/run-events.ts';
import { applyRunEvent, pendingHost, settleHost, type HostProgress } from '../host-state.ts';
import { countHosts, outcomeOf, type DeploymentState } from '../states.ts';
import type { DemoServer } from './demo-servers.ts';
import { DAY_MS, type DemoPlan } from './plan.ts';
import { chance } from './signal.ts';
import { writeOutput } from './demo-output.ts';

/** A deployment of the past. Hosts and events name servers by their index in the plan, as text. */
export interface DemoDeployment {
  name: string;
  playbook: string;
  variables: Record<string, string | number | boolean>;
  state: DeploymentState;
  createdAtMs: number;
  startedAtMs: number;
  finishedAtMs: number;
  cancelRequestedAtMs: number | null;
  hosts: (HostProgress & { serverName: string })[];
  events: RunEvent[];
  /** Each with the instant at which it was printed. */
  output: { atMs: number; text: string }[];
}

const DEPLOY = [
  'Ask the host what it can do',
  'Look at what is installed',
  'Install the packages of the exporters',
  'Bind the exporters to loopback',
  "Make the agent's user",
  'Write the server id',
  'Write the token',
  "Write the agent's configuration",
  'Install the agent',
  'Install the unit',
  'Keep the agent running',
  'Wait for the first accepted report',
];
/** Tasks that only look. */
const LOOKING = [0, 1, 11];
const UNINSTALL = ['Ask the host what it can do', 'Stop the agent', 'Remove the unit', 'Remove the agent and its data'];

type Ending = { kind: 'failed' | 'unreachable'; task: number; message: string };
interface Story {
  name: string;
  playbook: string;
  play: string;
  tasks: readonly string[];
  variables: DemoDeployment['variables'];
  /** Share of the demo's days (at least one) that lies between it and the end of the history. */
  age: number;
  takes: (server: DemoServer) => boolean;
  changes: boolean;
  endings: (server: DemoServer) => Ending | undefined;
  /** Cancelled at this task. */
  cancelledAt?: number;
}

const noEnding = () => undefined;
const agent = { playbook: 'nodepulse/deploy-agent', play: 'Deploy the agent', tasks: DEPLOY };
const variables = { interval_seconds: 30, install_exporters: true, buffer_retention_hours: 48 };

const STORIES: readonly Story[] = [
  { ...agent, variables, name: 'First agents', age: 0.95, takes: () => true, changes: true, endings: noEnding },
  {
    ...agent,
    variables,
    name: 'Agents once more, to be sure',
    age: 0.7,
    takes: () => true,
    changes: false,
    endings: noEnding,
  },
  {
    ...agent,
    variables: { ...variables, interval_seconds: 15 },
    name: 'Shorter interval for production',
    age: 0.42,
    takes: (server) => server.environment === 'production',
    changes: true,
    endings: noEnding,
    cancelledAt: 6,
  },
  {
    ...agent,
    variables,
    name: 'Agents after the update',
    age: 0.15,
    takes: () => true,
    changes: true,
    endings: ({ fate }) =>
      fate === 'sick'
        ? { kind: 'failed', task: 8, message: 'could not write: [Errno 28] No space left on device' }
        : undefined,
  },
  {
    name: 'Remove the agent from a server that is gone',
    playbook: 'nodepulse/uninstall-agent',
    play: 'Remove the agent',
    tasks: UNINSTALL,
    variables: { keep_data: false },
    age: 0.06,
    takes: ({ index }) => index === 0,
    changes: false,
    endings: ({ address }) => ({
      kind: 'unreachable',
      task: 0,
      message: `Failed to connect to the host via ssh: ssh: connect to host ${address} port 22: No route to host`,
    }),
  },
];

/** The deployments of the demo's past, oldest first. */
export function demoDeployments(plan: DemoPlan, servers: readonly DemoServer[]): DemoDeployment[] {
  return STORIES.flatMap((story, number) => {
    const taken = servers.filter(story.takes);
    return taken.length > 0 ? [tell(plan, story, taken, number)] : [];
  });
}

function tell(plan: DemoPlan, story: Story, servers: readonly DemoServer[], number: number): DemoDeployment {
  const createdAtMs = plan.originMs - Math.round(story.age * Math.max(1, plan.days) * DAY_MS);
  const events: RunEvent[] = [];
  let at = createdAtMs + 2400;
  const startedAtMs = at;
  events.push({ kind: 'play', at, name: story.play });
  const out = new Set<DemoServer>();
  const counts = new Map(servers.map((server) => [server, { ok: 0, changed: 0, unreachable: 0, failures: 0 }]));
  for (const [index, name] of story.tasks.entries()) {
    const alive = servers.filter((server) => !out.has(server));
    if (alive.length === 0) break;
    const task = { task: index + 1, name };
    events.push({ kind: 'task', at, ...task });
    for (const server of alive)
      events.push({ kind: 'start', at: at + server.index, host: String(server.index), ...task });
    if (story.cancelledAt === index) {
      at += 1500;
      break;
    }
    const results = alive.map((server): RunEvent => {
      const ms =
        350 + Math.floor((index === 2 && story.changes ? 9000 : 900) * chance(server.seed, 200 + 20 * number + index));
      const base = { at: at + ms, host: String(server.index), ms, ...task };
      const tally = counts.get(server);
      const ending = story.endings(server);
      if (ending?.task === index) {
        out.add(server);
        if (tally) tally[ending.kind === 'failed' ? 'failures' : 'unreachable'] += 1;
        return { kind: ending.kind, ...base, message: ending.message };
      }
      const isChange = story.changes && !LOOKING.includes(index);
      if (tally) {
        tally.ok += 1;
        if (isChange) tally.changed += 1;
      }
      return { kind: 'ok', ...base, ...(isChange && { changed: true }) };
    });
    results.sort((a, b) => a.at - b.at);
    events.push(...results);
    at = Math.max(...results.map((event) => event.at)) + 60;
  }
  const isCancelled = story.cancelledAt !== undefined;
  if (!isCancelled) {
    for (const [server, tally] of counts) {
      const all = { ...tally, skipped: 0, rescued: 0, ignored: 0 };
      events.push({ kind: 'summary', at, host: String(server.index), counts: all });
    }
    events.push({ kind: 'end', at });
  }
  const hosts = servers.map((server) => {
    const id = String(server.index);
    const ours = events.filter((event) => 'host' in event && event.host === id);
    const ended = ours.reduce((host, event) => applyRunEvent(host, event), pendingHost(id));
    const end = { reason: isCancelled ? 'cancelled' : 'exited', exitCode: 0, message: null, sawEnd: !isCancelled };
    return { ...settleHost(ended, end, at), serverName: server.name };
  });
  return {
    name: story.name,
    playbook: story.playbook,
    variables: story.variables,
    state: outcomeOf(countHosts(hosts.map((host) => host.state)), isCancelled),
    createdAtMs,
    startedAtMs,
    finishedAtMs: at + 300,
    cancelRequestedAtMs: isCancelled ? at - 900 : null,
    hosts,
    events,
    output: writeOutput(events, (host) => servers.find((server) => String(server.index) === host)?.name ?? host),
  };
}
