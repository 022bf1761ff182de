/** What the person at the terminal gave cannot be used. The message is one sentence with the way out; exit status 2. */
export class UsageError extends Error {
  readonly code = 'usage';
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** Something on this machine stands in the way. The message is one sentence with the way out; exit status 1. */
export class CannotError extends Error {
  readonly code = 'cannot';
  constructor(message: string) {
    super(message);
    this.name = 'CannotError';
  }
}
