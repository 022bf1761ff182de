import type { IncomingMessage, Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import { authenticate, requireBearer } from '../auth/authenticate.ts';
import type { ApiDeps } from '../deps.ts';
import type { Actor } from '../http/actor.ts';
import { authorize } from '../http/authorize.ts';
import { refusalOf } from '../http/handle-error.ts';
import { hasOwnOrigin } from '../http/origin-check.ts';
import { RefusedError } from '../http/refused-error.ts';
import { findLiveActors, keyOf } from './check-sockets.ts';
import { startRelay, type LiveServer } from './relay.ts';
import { requireRoom } from './rooms.ts';
import type { Valkey } from './valkey.ts';

/** Sockets whose session ended are cut within this time even when nobody announces it. */
const CHECK_EVERY_MS = 2000;
const MAX_ROOMS = 50;

export interface Live {
  stop: () => Promise<void>;
}

/** socket.io under `/ws`: session cookie and our Origin, or an API token in `auth.token`; rooms by permission. */
export function startLive(deps: ApiDeps, httpServer: HttpServer, subscriber: Valkey): Live {
  const io: LiveServer = new Server(httpServer, {
    path: '/ws',
    serveClient: false,
    maxHttpBufferSize: 64 * 1024,
    allowRequest: (request, answer) => {
      // Browsers always say where a socket comes from; scripts with a token do not.
      answer(null, request.headers.origin === undefined || hasOwnOrigin(request, deps.publicUrl));
    },
  });
  io.use((socket, next) => {
    identify(deps, socket.request, socket.handshake.auth).then(
      (actor) => {
        socket.data.actor = actor;
        next();
      },
      (error: unknown) => {
        const refusal = refusalOf(error, deps.logger, 'socket');
        next(Object.assign(new Error(refusal.message), { data: { code: refusal.code, detail: refusal.message } }));
      },
    );
  });
  io.on('connection', (socket) => {
    socket.on('subscribe', (name, answer) => {
      follow(deps, socket, name).then(
        () => {
          reply(answer, { ok: true });
        },
        (error: unknown) => {
          const { code, message } = refusalOf(error, deps.logger, 'subscribe');
          reply(answer, { ok: false, code, detail: message });
        },
      );
    });
    socket.on('unsubscribe', (name) => {
      if (typeof name === 'string' && name !== socket.id) void socket.leave(name);
    });
  });

  let isChecking = false;
  const check = () => {
    if (isChecking || io.sockets.sockets.size === 0) return;
    isChecking = true;
    cutEnded(deps, io)
      .catch((error: unknown) => {
        deps.logger.warn({ err: error }, 'sockets could not be checked');
      })
      .finally(() => {
        isChecking = false;
      });
  };
  const timer = setInterval(check, CHECK_EVERY_MS);
  const relay = startRelay(io, subscriber, deps.logger, check);
  return {
    stop: async () => {
      clearInterval(timer);
      relay.stop();
      await io.close();
    },
  };
}

async function identify(deps: ApiDeps, request: IncomingMessage, auth: Record<string, unknown>): Promise<Actor> {
  if (typeof auth.token === 'string') return requireBearer(deps, `Bearer ${auth.token}`);
  const { actor, way } = await authenticate(deps, request);
  if (way === 'cookie' && !hasOwnOrigin(request, deps.publicUrl)) {
    throw new RefusedError('wrong_origin', `Live updates are for pages of ${deps.publicUrl.origin}.`);
  }
  authorize(actor, 'signedIn');
  return actor as Actor;
}

async function follow(deps: ApiDeps, socket: Parameters<Parameters<LiveServer['use']>[0]>[0], name: unknown) {
  const room = requireRoom(name);
  authorize(socket.data.actor, room.permission);
  if (socket.rooms.size > MAX_ROOMS) {
    throw new RefusedError('in_use', `At most ${String(MAX_ROOMS)} rooms can be followed: leave one first.`);
  }
  if (!(await room.exists(deps))) throw new RefusedError('not_found', 'There is no such server or deployment.');
  await socket.join(room.name);
}

function reply(answer: unknown, result: { ok: boolean; code?: string; detail?: string }): void {
  if (typeof answer === 'function') (answer as (value: typeof result) => void)(result);
}

async function cutEnded(deps: ApiDeps, io: LiveServer): Promise<void> {
  const sockets = [...io.sockets.sockets.values()];
  const actors = new Map(sockets.map((socket) => [keyOf(socket.data.actor), socket.data.actor]));
  const live = await findLiveActors(deps, [...actors.values()]);
  for (const socket of sockets) if (!live.has(keyOf(socket.data.actor))) socket.disconnect(true);
}
