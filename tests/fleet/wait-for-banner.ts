import { connect } from 'node:net';

const TRY_EVERY_MS = 50;
const TRY_TIMEOUT_MS = 2000;

/** Waits until an SSH server greets on `host:port`. Resolves to false when `timeoutMs` passes without. */
export async function waitForBanner(host: string, port: number, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    if (await hasBanner(host, port)) return true;
    await new Promise((resolve) => setTimeout(resolve, TRY_EVERY_MS));
  }
  return false;
}

/** True when an SSH server greets on `host:port` within two seconds. */
export function hasBanner(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: TRY_TIMEOUT_MS });
    const finish = (found: boolean) => {
      socket.destroy();
      resolve(found);
    };
    socket.once('data', (data) => {
      finish(data.toString('latin1').startsWith('SSH-2.0-'));
    });
    socket.once('timeout', () => {
      finish(false);
    });
    socket.once('error', () => {
      finish(false);
    });
    socket.once('close', () => {
      finish(false);
    });
  });
}
