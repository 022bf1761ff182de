import { createRedactor } from '#common/logging/redact.ts';
import { openControl } from '../control/control-server.ts';
import { choosePorts, isPortFree } from '../engines/free-port.ts';
import { lockHome } from '../home/home-lock.ts';
import { readJson, writeJson } from '../home/json-file.ts';
import { openHome, socketPath } from '../home/layout.ts';
import { endLeftovers } from '../home/leftovers.ts';
import { loadSecrets } from '../home/secrets.ts';
import { Installation } from '../installation/installation.ts';
import { PORT_NAMES, rootCertificateFile, type InstallationPlan } from '../installation/installation-plan.ts';
import { createTerminal, type Terminal } from '../installation/terminal.ts';
import { readStarterSettings, type StarterSettings } from '../settings/starter-settings.ts';
import { CannotError } from '../settings/usage-error.ts';
import type { CommandContext } from './command-context.ts';

/** `admiral start`: brings everything up and stays in the foreground until it is told to end. Returns the exit status. */
export async function start(context: CommandContext): Promise<number> {
  const terminal = createTerminal();
  const settings = readStarterSettings(context.root, context.env, context.secrets);
  const home = openHome(settings.home, context.version);
  const unlock = lockHome(home);
  try {
    const left = await endLeftovers(home);
    if (left.length > 0) terminal.line(`Ended what an earlier start left behind: ${left.join(', ')}`);
    if (!(await isPortFree(settings.httpPort, settings.listen))) {
      throw new CannotError(
        `Port ${String(settings.httpPort)} of ${settings.listen} is in use: set ADMIRAL_HTTP_PORT to another one.`,
      );
    }
    const portsFile = `${home.run}/ports.json`;
    const remembered = (readJson(portsFile) ?? {}) as Record<string, number>;
    const plan: InstallationPlan = {
      root: context.root,
      version: context.version,
      home,
      settings,
      secrets: loadSecrets(home, settings.masterKey),
      ports: await choosePorts(PORT_NAMES, remembered, [settings.httpPort]),
      caddyAdminSocket: socketPath(home, 'caddy.sock'),
    };
    writeJson(portsFile, plan.ports);
    return await run(plan, terminal);
  } finally {
    unlock();
  }
}

async function run(plan: InstallationPlan, terminal: Terminal): Promise<number> {
  const began = Date.now();
  const installation = new Installation(plan, terminal, createRedactor(secretValues(plan)));
  const ending = new Ending(installation, terminal);
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      ending.begin(false);
    });
  }
  let isBusy = true;
  const control = await openControl(socketPath(plan.home, 'control.sock'), {
    status: () => installation.status(),
    stop: (keepRuns) => {
      ending.begin(keepRuns);
    },
    restart: () => {
      if (isBusy || ending.hasBegun) return;
      isBusy = true;
      terminal.line('Restarting; runs go on ...');
      installation
        .restart()
        .then(() => {
          terminal.line(`Admiral is ready: ${plan.settings.publicUrl}`);
        })
        .catch((error: unknown) => {
          if (!ending.hasBegun) terminal.warn((error as Error).message);
          ending.begin(true, 1);
        })
        .finally(() => (isBusy = false));
    },
    restartPart: async (name) => {
      if (isBusy) throw new Error('The installation is starting or restarting: try again when it is ready.');
      await installation.restartPart(name);
    },
  });
  try {
    terminal.line(`Starting Node Pulse Admiral ${plan.version}; data in ${plan.home.folder}`);
    const administrator = await installation.start();
    isBusy = false;
    announce(plan.settings, plan, administrator, terminal, Date.now() - began);
  } catch (error) {
    if (!ending.hasBegun) {
      terminal.warn(`Admiral could not be started. ${(error as Error).message}`);
      ending.begin(false, 1);
    }
  }
  const status = await ending.done;
  control.close();
  installation.close();
  return status;
}

function announce(
  settings: StarterSettings,
  plan: InstallationPlan,
  administrator: Awaited<ReturnType<Installation['start']>>,
  terminal: Terminal,
  tookMs: number,
): void {
  terminal.line('');
  terminal.line(`Admiral is ready: ${settings.publicUrl}`);
  if (administrator.kind === 'link') {
    terminal.line(`Make the first administrator (once, within 24 hours): ${administrator.url}`);
  } else if (administrator.kind === 'created') {
    terminal.line(`The administrator ${administrator.email} was made.`);
  }
  if (settings.tls.kind === 'internal') {
    terminal.line(`Browsers trust it once they know this root certificate: ${rootCertificateFile(plan.home)}`);
  }
  terminal.line(`Started in ${(tookMs / 1000).toFixed(1)} s. Logs are in ${plan.home.logs}. Ctrl-C ends it.`);
}

/** The one end of an installation, however it was asked for. */
class Ending {
  hasBegun = false;
  readonly done: Promise<number>;
  private finish: (status: number) => void = () => undefined;

  constructor(
    private readonly installation: Installation,
    private readonly terminal: Terminal,
  ) {
    this.done = new Promise((resolve) => (this.finish = resolve));
  }

  begin(keepRuns: boolean, exitStatus = 0): void {
    if (this.hasBegun) return;
    this.hasBegun = true;
    const { terminal } = this;
    const runs = this.installation.status().runsInFlight;
    if (runs.length > 0) {
      const many = runs.length === 1 ? '1 run is' : `${String(runs.length)} runs are`;
      terminal.line(
        keepRuns
          ? `Stopping. ${many} in flight and left alive; the next start takes over: ${runs.map((r) => `${r.run} (process ${String(r.supervisorPid)})`).join(', ')}`
          : `Stopping. ${many} in flight: ended now, and their unfinished hosts are marked interrupted.`,
      );
    } else terminal.line('Stopping ...');
    this.installation
      .stop(keepRuns)
      .catch((error: unknown) => {
        terminal.warn((error as Error).message);
      })
      .finally(() => {
        terminal.line('Stopped.');
        this.finish(exitStatus);
      });
  }
}

function secretValues(plan: InstallationPlan): string[] {
  return [...Object.values(plan.secrets), ...(plan.settings.admin ? [plan.settings.admin.password] : [])];
}
