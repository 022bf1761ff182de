import { z } from 'zod';

const port = z.coerce
  .number({ message: 'must be a port number' })
  .int()
  .min(1, 'must be a port number from 1 to 65535')
  .max(65535, 'must be a port number from 1 to 65535');
const flag = z
  .enum(['0', '1', 'true', 'false', ''], { message: 'must be 1 or 0' })
  .optional()
  .transform((value) => value === '1' || value === 'true');

/**
 * Every setting that a part may read from its environment, by name. A part's own schema picks from here; none of them is secret
 * (see read-secrets.ts). `.env.example` lists them for people.
 */
export const SETTINGS = {
  NODE_ENV: z.enum(['production', 'development', 'test']).default('production'),
  ADMIRAL_LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error'], { message: 'must be trace, debug, info, warn or error' })
    .default('info'),
  ADMIRAL_HOME: z.string({ message: 'must name the data folder' }).min(1, 'must name the data folder'),
  ADMIRAL_PUBLIC_URL: z.url({
    protocol: /^https?$/,
    message: 'must be the http(s) address that browsers and agents use, such as https://admiral.example.com',
  }),
  ADMIRAL_BIND: z.string().default('127.0.0.1'),
  ADMIRAL_PORT: port,
  ADMIRAL_VERSION: z.string().default('0.1.0'),
  DATABASE_HOST: z.string().default('127.0.0.1'),
  DATABASE_PORT: port.default(5432),
  DATABASE_NAME: z.string().default('admiral'),
  DATABASE_USER: z.string().default('admiral_service'),
  VALKEY_HOST: z.string().default('127.0.0.1'),
  VALKEY_PORT: port.default(6379),
  VALKEY_USER: z.string().default('default'),
  TEMPORAL_ADDRESS: z
    .string()
    .regex(/^[^\s:]+:\d+$/, 'must be HOST:PORT')
    .default('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  API_URL: z.url({ message: 'must be the address of the api, such as http://127.0.0.1:3001' }),
  TEMPORAL_UI_URL: z.url({ message: 'must be the address of the Temporal UI' }).optional(),
  ADMIRAL_ANSIBLE_PLAYBOOK: z.string({ message: 'must name the ansible-playbook program' }),
  ADMIRAL_PYTHON: z.string({ message: 'must name the python3 program of the virtual environment' }),
  ADMIRAL_ANSIBLE_DIR: z.string({ message: 'must name the ansible folder of the installation' }),
  ADMIRAL_WORKFLOW_BUNDLE: z.string({ message: 'must name the workflow bundle' }),
  ADMIRAL_CA_FILE: z.string().optional(),
  ADMIRAL_TEST_LOCAL_TARGETS: flag,
  SERVER_ID_CACHE_TTL: z.coerce.number().int().min(1, 'must be seconds, at least 1').default(3600),
  ADMIRAL_ACCEPT_REPORTS_WITHOUT_TOKEN: flag,
  ADMIRAL_METRICS_KEEP_DAYS: z.coerce
    .number()
    .int()
    .min(1, 'must be days, at least 1')
    .max(7, 'must be at most 7 days')
    .default(7),
} as const;

export type SettingName = keyof typeof SETTINGS;
