import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the range from which the kernel takes the local port of outgoing connections, so that none is taken in between. */
const FIRST = 18_000;
const LAST = 32_000;

/** A TCP port of loopback that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('no port was given'));
        else resolve(address.port);
      });
    });
  });
}

/** Whether `host:port` can be bound now. */
export function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => {
      resolve(false);
    });
    server.listen({ port, host, exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

/**
 * One free port of loopback for each name: the remembered one where it is still free, else another. All are distinct and
 * outside `reserved`.
 */
export async function choosePorts<N extends string>(
  names: readonly N[],
  remembered: Partial<Record<N, number>>,
  reserved: readonly number[] = [],
): Promise<Record<N, number>> {
  const taken = new Set(reserved);
  const ports: Partial<Record<N, number>> = {};
  for (const name of names) {
    let port = remembered[name];
    while (port === undefined || taken.has(port) || !(await isPortFree(port))) port = randomInt(FIRST, LAST);
    taken.add(port);
    ports[name] = port;
  }
  return ports as Record<N, number>;
}
