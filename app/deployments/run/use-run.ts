import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Deployment, DeploymentEvent, DeploymentHost, OutputChunk } from '#common/contracts/deployments.ts';
import { isFinalDeploymentState, type DeploymentState, type HostCounts } from '#common/domain/states.ts';
import { fetchApi } from '../../api/fetch-api.ts';
import { useLineState, useLiveEvent, useRoom } from '../../live/live-context.tsx';
import { SequenceFeed, type Slice } from '../../live/sequence-feed.ts';
import { OutputBuffer } from '../output/output-buffer.ts';
import { RunModel } from './run-model.ts';

/** Output chunks before the end that are loaded at first; the rest when asked for. */
const FIRST_CHUNKS = 4_000;
/** How often a run is asked for over HTTP while the live line is down. */
const POLL_MS = 3_000;

export interface Run {
  state: DeploymentState;
  reason: string | null;
  counts: HostCounts;
  hosts: DeploymentHost[];
  model: RunModel;
  output: OutputBuffer;
  /** Whether the beginning of the output is not loaded. */
  hasEarlierOutput: boolean;
  loadEarlierOutput: () => void;
  isLoading: boolean;
}

interface Live {
  state?: DeploymentState;
  reason?: string | null;
  counts?: HostCounts;
  hosts: Map<string, DeploymentHost>;
}

/**
 * A deployment as it goes on: what the page was loaded with, then the live line's updates, and HTTP from the last sequence wherever
 * the line left a gap. `refresh` loads the page again.
 */
export function useRun(deployment: Deployment, refresh: () => void): Run {
  const { id } = deployment;
  const [live, setLive] = useState<Live>({ hosts: new Map() });
  const [, setVersion] = useState(0);
  const [isLoading, setLoading] = useState(true);
  const [outputFrom, setOutputFrom] = useState(() => Math.max(0, deployment.lastOutputSequence - FIRST_CHUNKS));
  const [model, setModel] = useState(() => new RunModel());
  const [output, setOutput] = useState(() => new OutputBuffer());
  const events = useRef<SequenceFeed<DeploymentEvent> | undefined>(undefined);
  const chunks = useRef<SequenceFeed<OutputChunk> | undefined>(undefined);
  const { status, generation } = useLineState();

  // What the page was loaded with is newer than the live updates before it.
  useEffect(() => {
    setLive({ hosts: new Map() });
  }, [deployment]);

  const redraw = useRedraw(setVersion);
  const names = useHostNames(deployment);
  useEffect(() => {
    const built = new RunModel();
    setModel(built);
    const feed = new SequenceFeed<DeploymentEvent>(
      0,
      (after) => pull(`/api/deployments/${id}/events`, after, 2000),
      (items) => {
        built.apply(items);
        redraw();
      },
    );
    events.current = feed;
    void feed.catchUp();
    return () => {
      feed.stop();
    };
  }, [id, redraw]);
  useEffect(() => {
    const buffer = new OutputBuffer(names);
    setOutput(buffer);
    const feed = new SequenceFeed<OutputChunk>(
      outputFrom,
      (after) => pull(`/api/deployments/${id}/output`, after, 1000),
      (items) => {
        buffer.append(items);
        redraw();
      },
    );
    chunks.current = feed;
    setLoading(true);
    void feed.catchUp().finally(() => {
      setLoading(false);
    });
    return () => {
      feed.stop();
    };
  }, [id, names, outputFrom, redraw]);

  const catchUp = useCallback(() => {
    void events.current?.catchUp();
    void chunks.current?.catchUp();
  }, []);
  useEffect(() => {
    if (generation > 0) catchUp();
  }, [generation, catchUp]);

  useRoom(`deployment:${id}`);
  useLiveEvent('deployment:update', (update) => {
    if (update.deploymentId !== id) return;
    if (update.events) events.current?.push(update.events);
    if (update.output) chunks.current?.push(update.output);
    const { hosts = [], state, reason, counts } = update;
    if (hosts.length > 0 || state !== undefined || counts !== undefined || reason !== undefined) {
      setLive((before) => merged(before, { hosts, state, reason, counts }));
    }
    if (state !== undefined) refresh();
  });

  const state = live.state ?? deployment.state;
  const isEnded = isFinalDeploymentState(state);
  useEffect(() => {
    if (status === 'up' || isEnded) return undefined;
    const timer = setInterval(() => {
      catchUp();
      refresh();
    }, POLL_MS);
    return () => {
      clearInterval(timer);
    };
  }, [status, isEnded, catchUp, refresh]);

  const hosts = useMemo(
    () =>
      live.hosts.size === 0 ? deployment.hosts : deployment.hosts.map((host) => live.hosts.get(host.serverId) ?? host),
    [deployment.hosts, live.hosts],
  );
  return {
    state,
    reason: live.reason === undefined ? deployment.reason : live.reason,
    counts: live.counts ?? deployment.counts,
    hosts,
    model,
    output,
    isLoading,
    hasEarlierOutput: outputFrom > 0,
    loadEarlierOutput: useCallback(() => {
      setOutputFrom(0);
    }, []),
  };
}

async function pull<T>(path: string, after: number, limit: number): Promise<Slice<T> | undefined> {
  const result = await fetchApi<Slice<T>>(`${path}?after=${after}&limit=${limit}`);
  return result?.ok ? result.data : undefined;
}

function merged(
  before: Live,
  change: {
    hosts: DeploymentHost[];
    state: DeploymentState | undefined;
    reason: string | null | undefined;
    counts: HostCounts | undefined;
  },
): Live {
  const hosts = change.hosts.length === 0 ? before.hosts : new Map(before.hosts);
  for (const host of change.hosts) hosts.set(host.serverId, host);
  return {
    ...before,
    ...(change.state === undefined ? {} : { state: change.state }),
    ...(change.reason === undefined ? {} : { reason: change.reason }),
    ...(change.counts === undefined ? {} : { counts: change.counts }),
    hosts,
  };
}

/** Redraws at most once a frame, however many batches arrive. */
function useRedraw(setVersion: (change: (before: number) => number) => void): () => void {
  const frame = useRef<number | undefined>(undefined);
  useEffect(
    () => () => {
      if (frame.current !== undefined) cancelAnimationFrame(frame.current);
      frame.current = undefined;
    },
    [],
  );
  return useCallback(() => {
    frame.current ??= requestAnimationFrame(() => {
      frame.current = undefined;
      setVersion((version) => version + 1);
    });
  }, [setVersion]);
}

/** Names by id; the same map until another deployment is shown, for targets are frozen. */
function useHostNames({ id, hosts }: Deployment): ReadonlyMap<string, string> {
  const kept = useRef<{ id: string; names: ReadonlyMap<string, string> } | undefined>(undefined);
  if (kept.current?.id !== id) {
    kept.current = { id, names: new Map(hosts.map((host) => [host.serverId, host.serverName])) };
  }
  return kept.current.names;
}
