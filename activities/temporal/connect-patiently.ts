const TIMEOUT_MS = 60_000;
const PAUSE_MS = 250;

/** Tries to connect until it works or a minute has passed; throws the last error then. */
export async function connectPatiently<T>(connect: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + TIMEOUT_MS;
  for (;;) {
    try {
      return await connect();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
