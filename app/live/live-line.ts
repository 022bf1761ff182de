import type { Socket } from 'socket.io-client';
import type { BrowserToServer, ServerToBrowser } from '#common/contracts/live.ts';

type LineSocket = Socket<ServerToBrowser, BrowserToServer>;

export interface LineState {
  status: 'connecting' | 'up' | 'down';
  /** Since when it is down, epoch ms. */
  downSince: number | null;
  /** Updates are held back because the person asked for it. */
  isPaused: boolean;
  /** Counts reconnections: readers that see it change fill their gap over HTTP. */
  generation: number;
}

export type LiveEvent = keyof ServerToBrowser;
type Handler<E extends LiveEvent> = ServerToBrowser[E];

export const IDLE: LineState = { status: 'connecting', downSince: null, isPaused: false, generation: 0 };

/**
 * The one live line of a page: rooms are counted, joined again after a reconnection, and left when nobody needs them.
 * `onEnded` is called when the server closes the line: the session may be over.
 */
export class LiveLine {
  state: LineState = IDLE;
  private readonly listeners = new Set<() => void>();
  private readonly handlers: { [E in LiveEvent]: Set<Handler<E>> } = {
    'deployment:update': new Set(),
    'server:update': new Set(),
    'fleet:update': new Set(),
  };
  private readonly rooms = new Map<string, number>();
  private socket: LineSocket | undefined;
  private isClosed = false;

  constructor(private readonly onEnded: () => void) {}

  async open(): Promise<void> {
    const { io } = await import('socket.io-client');
    // Closed while the code was loading.
    if (this.isClosed) return;
    const socket: LineSocket = io({ path: '/ws', transports: ['websocket', 'polling'], reconnectionDelayMax: 5_000 });
    this.socket = socket;
    socket.on('connect', () => {
      this.update({ status: 'up', downSince: null, generation: this.state.generation + 1 });
      for (const room of this.rooms.keys()) this.join(room);
    });
    socket.on('connect_error', () => {
      this.goDown();
      // A refusal by the server itself ends socket.io's own attempts.
      if (!socket.active) setTimeout(() => socket.connect(), 5_000);
    });
    socket.on('disconnect', (reason) => {
      this.goDown();
      if (reason !== 'io server disconnect') return;
      this.onEnded();
      setTimeout(() => socket.connect(), 2_000);
    });
    this.relay(socket, 'deployment:update');
    this.relay(socket, 'server:update');
    this.relay(socket, 'fleet:update');
  }

  close(): void {
    this.isClosed = true;
    this.socket?.disconnect();
    this.socket = undefined;
  }

  watch = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  read = (): LineState => this.state;

  pause(isPaused: boolean): void {
    // Resuming counts as a reconnection: what was held back is fetched.
    this.update({ isPaused, generation: this.state.generation + (isPaused ? 0 : 1) });
  }

  /** Joins a room until the returned function is called. */
  enter(room: string): () => void {
    const users = this.rooms.get(room) ?? 0;
    this.rooms.set(room, users + 1);
    if (users === 0 && this.socket?.connected) this.join(room);
    return () => {
      const left = (this.rooms.get(room) ?? 1) - 1;
      if (left > 0) this.rooms.set(room, left);
      else {
        this.rooms.delete(room);
        this.socket?.emit('unsubscribe', room);
      }
    };
  }

  on<E extends LiveEvent>(event: E, handler: Handler<E>): () => void {
    const handlers = this.handlers[event] as Set<Handler<E>>;
    handlers.add(handler);
    return () => handlers.delete(handler);
  }

  private relay(socket: LineSocket, event: LiveEvent): void {
    const pass = (update: never) => {
      if (this.state.isPaused) return;
      for (const handler of this.handlers[event]) (handler as (update: never) => void)(update);
    };
    (socket as unknown as { on: (event: string, handler: (update: never) => void) => void }).on(event, pass);
  }

  private join(room: string): void {
    this.socket?.emit('subscribe', room, () => undefined);
  }

  private goDown(): void {
    if (this.state.status !== 'down') this.update({ status: 'down', downSince: Date.now() });
  }

  private update(change: Partial<LineState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}
