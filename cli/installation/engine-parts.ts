import { existsSync, writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { basicEnvironment } from '#common/process/run-command.ts';
import { caddyConfig } from '../engines/caddy-config.ts';
import { caddyProgram, probeCaddy } from '../engines/caddy.ts';
import { postgresCommand, waitForPostgres } from '../engines/postgres.ts';
import { probeTemporal, temporalArguments, temporalProgram } from '../engines/temporal.ts';
import { probeValkey, valkeyProgram, writeValkeyConfig } from '../engines/valkey.ts';
import { removeStalePostmasterFile } from '../home/leftovers.ts';
import type { EngineVersions } from './engine-versions.ts';
import { rootCertificateFile, venvBin, type InstallationPlan } from './installation-plan.ts';
import type { PartSpec } from './part.ts';

export function postgresPart(plan: InstallationPlan, versions: EngineVersions): PartSpec {
  const { home, ports, secrets } = plan;
  const connection = { port: ports.postgres, ownerPassword: secrets['database-owner'] };
  return {
    name: 'postgres',
    prepare: () => {
      removeStalePostmasterFile(home);
    },
    command: () => {
      const [file = '', ...args] = postgresCommand(home.postgres, ports.postgres);
      return { file, args, env: basicEnvironment(), cwd: home.postgres };
    },
    ready: () => waitForPostgres(connection, 0),
    stopSignal: 'SIGINT',
    ports: { postgres: ports.postgres },
    version: () => versions.postgres,
  };
}

export function valkeyPart(plan: InstallationPlan, versions: EngineVersions): PartSpec {
  const { home, ports, secrets } = plan;
  let configFile = '';
  return {
    name: 'valkey',
    prepare: () => {
      configFile = writeValkeyConfig(home.valkey, ports.valkey, {
        starter: secrets['valkey-starter'],
        api: secrets['valkey-api'],
        worker: secrets['valkey-worker'],
        ingest: secrets['valkey-ingest'],
        digest: secrets['valkey-digest'],
      });
    },
    command: () => ({
      file: valkeyProgram(venvBin(plan.root)),
      args: [configFile],
      env: basicEnvironment(),
      cwd: home.valkey,
    }),
    ready: async () => {
      versions.valkey = await probeValkey(ports.valkey, secrets['valkey-starter']);
    },
    stopSignal: 'SIGTERM',
    ports: { valkey: ports.valkey },
    version: () => versions.valkey,
  };
}

export function temporalPart(plan: InstallationPlan, versions: EngineVersions): PartSpec {
  const { home, ports } = plan;
  return {
    name: 'temporal',
    command: () => ({
      file: temporalProgram(venvBin(plan.root)),
      args: temporalArguments(join(home.temporal, 'temporal.db'), {
        grpc: ports.temporal,
        http: ports.temporalHttp,
        ui: ports.temporalUi,
        metrics: ports.temporalMetrics,
      }),
      env: { ...basicEnvironment(), HOME: home.temporal, TEMPORAL_VERSION_CHECK_DISABLED: '1' },
      cwd: home.temporal,
    }),
    ready: () => probeTemporal(ports.temporal),
    stopSignal: 'SIGTERM',
    ports: {
      temporal: ports.temporal,
      http: ports.temporalHttp,
      ui: ports.temporalUi,
      metrics: ports.temporalMetrics,
    },
    version: () => versions.temporal,
  };
}

export function caddyPart(plan: InstallationPlan, versions: EngineVersions): PartSpec {
  const { home, ports, secrets, settings } = plan;
  const configFile = join(home.caddy, 'caddy.json');
  const ownRoot = join(home.caddy, 'pki', 'authorities', 'local', 'root.crt');
  const at = (port: number) => `127.0.0.1:${String(port)}`;
  return {
    name: 'caddy',
    prepare: () => {
      const config = caddyConfig({
        adminSocket: plan.caddyAdminSocket,
        storage: home.caddy,
        listen: settings.listen,
        port: settings.httpPort,
        publicUrl: settings.publicUrl,
        tls: settings.tls,
        proxySecret: secrets.proxy,
        upstreams: {
          api: at(ports.api),
          ingest: at(ports.ingest),
          app: at(ports.app),
          temporalUi: at(ports.temporalUi),
        },
      });
      writeFileSync(configFile, JSON.stringify(config, null, 2), { mode: 0o600 });
    },
    command: () => ({
      file: caddyProgram(venvBin(plan.root)),
      args: ['run', '--config', configFile],
      env: { ...basicEnvironment(), HOME: home.caddy, XDG_DATA_HOME: home.caddy, XDG_CONFIG_HOME: home.caddy },
      cwd: home.caddy,
    }),
    ready: async () => {
      await probeCaddy(plan.caddyAdminSocket);
      if (settings.tls.kind !== 'internal') return;
      if (!existsSync(ownRoot)) throw new Error('the authority has no root yet');
      await copyFile(ownRoot, rootCertificateFile(home));
    },
    stopSignal: 'SIGTERM',
    ports: { http: settings.httpPort },
    version: () => versions.caddy,
  };
}
