/** A request that is not taken: the HTTP status, the sentence for the sender, and when to come again. */
export class Refusal extends Error {
  readonly code = 'report_refused';
  constructor(
    readonly status: 400 | 401 | 403 | 404 | 405 | 408 | 413 | 415 | 429 | 503,
    message: string,
    readonly retryAfterSeconds?: number,
  ) {
    super(message);
    this.name = 'Refusal';
  }
}
