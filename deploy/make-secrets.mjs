#!/usr/bin/env node
// Makes the secrets of the containers in deploy/secrets/, each in a file of its own; those that exist are kept. Run it once before
// `docker compose up`. Keep a copy of master_key elsewhere: nothing sealed opens without it.
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2] ?? join(here, 'secrets');
const NAMES = [
  'master_key',
  'proxy_secret',
  'database_owner_password',
  'database_service_password',
  'database_metrics_password',
  'temporal_database_password',
  'valkey_starter_password',
  'valkey_api_password',
  'valkey_worker_password',
  'valkey_ingest_password',
  'valkey_digest_password',
];

mkdirSync(folder, { recursive: true, mode: 0o700 });
// The folder is closed to others; the files are readable for the users inside the containers, whose numbers differ.
chmodSync(folder, 0o700);
for (const name of NAMES) {
  const file = join(folder, name);
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o444, flag: 'wx' });
}
const template = readFileSync(join(here, 'valkey', 'users.acl.template'), 'utf8');
const users = template.replaceAll(/SHA256_OF_(\w+)/g, (_, user) => {
  const password = readFileSync(join(folder, `valkey_${user}_password`), 'utf8').trim();
  return createHash('sha256').update(password).digest('hex');
});
writeFileSync(join(folder, 'valkey_users'), users, { mode: 0o444 });
chmodSync(join(folder, 'valkey_users'), 0o444);
console.log(`The secrets are in ${folder}.`);
