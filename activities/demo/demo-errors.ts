/** There is no such demo, it is being removed, or it is not being removed: whoever asks is late, or forged the order. */
export class DemoMissingError extends Error {
  readonly code = 'demo_missing';
  constructor(why: string) {
    super(`${why} Order one with "admiral demo" or in the dashboard.`);
    this.name = 'DemoMissingError';
  }
}
