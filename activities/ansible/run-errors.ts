/** The installation was stopped under the run. Retried: the next start goes on with the hosts that have no result. */
export class RunInterruptedError extends Error {
  readonly code = 'run_interrupted';
  constructor() {
    super(
      'Admiral was stopped during this run. It goes on with the hosts that have no result when Admiral is started again.',
    );
    this.name = 'RunInterruptedError';
  }
}

/** This worker ends and leaves the run alive. Retried: the next worker on this machine adopts it. */
export class RunHandedOverError extends Error {
  readonly code = 'run_handed_over';
  constructor() {
    super('The worker ended and left the run alive for the next one.');
    this.name = 'RunHandedOverError';
  }
}

/** A newer attempt of the same activity follows the run now. */
export class RunSupersededError extends Error {
  readonly code = 'run_superseded';
  constructor() {
    super('Another worker follows this run now.');
    this.name = 'RunSupersededError';
  }
}

export class RunMissingError extends Error {
  readonly code = 'deployment_missing';
  constructor(deploymentId: string) {
    super(`There is no deployment ${deploymentId}.`);
    this.name = 'RunMissingError';
  }
}

/** Supervisors die as soon as they are started: something is wrong with the machine. Retried with back-off. */
export class SupervisorFailingError extends Error {
  readonly code = 'supervisor_failing';
  constructor(folder: string) {
    super(`The supervisor of the run ended before it took its job: see supervisor.log in ${folder}.`);
    this.name = 'SupervisorFailingError';
  }
}
