import { afterEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { AGENT_FILE, AgentHome, type AgentOptions, AgentProcess, runAgent, TOKEN } from './support/agent-process.ts';
import { nodeExporterText, PROCESS_EXPORTER_TEXT } from './support/exporter-text.ts';
import { type NodeRow, type Report, startExporter, startReceiver } from './support/receiver.ts';
import { until } from './support/until.ts';

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

async function receiver(options: Parameters<typeof startReceiver>[0] = {}) {
  const one = await startReceiver(options);
  ended.push(() => one.close());
  return one;
}
async function exporter(text: string) {
  const one = await startExporter(text);
  ended.push(() => one.close());
  return one.url;
}
function home(options: AgentOptions) {
  const one = new AgentHome(options);
  ended.push(() => {
    one.remove();
  });
  return one;
}
function agent(of: AgentHome, wrapper: string[] = []) {
  const one = new AgentProcess(of, wrapper);
  ended.push(() => one.stop('SIGKILL'));
  return one;
}
/** A port on loopback where nothing listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
const buffered = (of: AgentHome, name: string) =>
  JSON.parse(gunzipSync(readFileSync(join(of.buffer, name))).toString()) as Report;
const timesIn = (of: AgentHome) =>
  of.reports().flatMap((name) => (buffered(of, name).node_exporter ?? []).map((row) => row.timestamp));
const once = async (of: AgentHome) => {
  const { stdout, stderr } = await runAgent('--config', of.config, '--once');
  return { report: JSON.parse(stdout) as Report, stderr };
};
/** The disk and the card that the agent chooses on this machine, learnt from an exporter that names them all. */
const python = (code: string) =>
  execFileSync('python3', [
    '-c',
    `import importlib.util as u;s=u.spec_from_file_location('a',${JSON.stringify(AGENT_FILE)});a=u.module_from_spec(s);s.loader.exec_module(a);${code}`,
  ])
    .toString()
    .trim();

const FIELDS = [
  ...['idle', 'iowait', 'system', 'user', 'steal', 'nice', 'irq', 'softirq'].map((mode) => `cpu_${mode}_seconds`),
  'cpu_cores',
  ...['total', 'available', 'free', 'cached', 'buffers', 'active', 'inactive'].map((what) => `memory_${what}_bytes`),
  ...['total', 'free', 'cached'].map((what) => `swap_${what}_bytes`),
  ...['total', 'free', 'available'].map((what) => `disk_${what}_bytes`),
  ...['reads_completed', 'writes_completed', 'read_bytes', 'written_bytes', 'io_time_seconds'].map(
    (w) => `disk_${w}_total`,
  ),
  ...['receive', 'transmit'].flatMap((way) =>
    ['bytes', 'packets', 'errs', 'drop'].map((what) => `network_${way}_${what}_total`),
  ),
  ...['1', '5', '15'].map((minutes) => `load_${minutes}min`),
  ...['processes_running', 'processes_blocked', 'processes_total', 'uptime_seconds'],
];

describe('what the agent measures', () => {
  it('is a file that Python 3.8 understands', () => {
    execFileSync('python3', [
      '-c',
      `import ast;ast.parse(open(${JSON.stringify(AGENT_FILE)}).read(),feature_version=(3,8))`,
    ]);
  });

  it('sends the 39 numbers and the process groups as the exporters have them', async () => {
    const disk = python('print(a.root_disk() or "none0")');
    const card = python('print(a.DefaultInterface().find() or "none0")');
    const boot = Math.floor(Date.now() / 1000) - 86_400;
    const of = home({
      endpoint: 'http://localhost:1',
      nodeExporter: await exporter(nodeExporterText(disk, card, boot)),
      processExporter: await exporter(PROCESS_EXPORTER_TEXT),
    });
    const { report } = await once(of);
    const row = report.node_exporter?.[0] as NodeRow;
    expect(Object.keys(row).sort()).toEqual(['timestamp', ...FIELDS].sort());
    expect(row).toMatchObject({
      cpu_idle_seconds: 1002001.25,
      cpu_iowait_seconds: 11,
      cpu_system_seconds: 42,
      cpu_user_seconds: 101,
      cpu_steal_seconds: 3,
      cpu_nice_seconds: 2,
      cpu_irq_seconds: 0.25,
      cpu_softirq_seconds: 3,
      cpu_cores: 2,
      memory_total_bytes: 16_000_000_000,
      memory_available_bytes: 9007199254740991,
      swap_total_bytes: 0,
      disk_total_bytes: 50_000_000_000,
      disk_available_bytes: 25_000_000_000,
      load_1min: 0.5,
      load_15min: 0.125,
      processes_running: 3,
      processes_total: 5_000_000_001,
    });
    if (disk !== 'none0')
      expect(row).toMatchObject({ disk_reads_completed_total: 11, disk_io_time_seconds_total: 15.25 });
    if (card !== 'none0')
      expect(row).toMatchObject({ network_receive_bytes_total: 21_000_000_000, network_transmit_drop_total: 28 });
    expect(Number(row.uptime_seconds)).toBeGreaterThanOrEqual(86_400);
    expect(Number(row.uptime_seconds)).toBeLessThan(86_430);
    expect(row.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
    expect(report.process_exporter).toEqual([
      { timestamp: row.timestamp, name: 'nginx', num_procs: 4, cpu_seconds_total: 1234.56, memory_bytes: 104857600 },
      { timestamp: row.timestamp, name: 'odd "name" {x}', num_procs: 1, cpu_seconds_total: 2, memory_bytes: 4096 },
    ]);
  });

  it('reads /proc where no exporter answers, and where something else does', async () => {
    const of = home({
      endpoint: 'http://localhost:1',
      nodeExporter: await exporter('<html>not metrics</html>'),
      processExporter: `http://127.0.0.1:${String(await freePort())}/metrics`,
    });
    const { report, stderr } = await once(of);
    const row = report.node_exporter?.[0] as NodeRow;
    expect(Object.keys(row).sort()).toEqual(['timestamp', ...FIELDS].sort());
    const memory = Number(/MemTotal:\s+(\d+)/.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) * 1024;
    expect(row.memory_total_bytes).toBe(memory);
    const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
    expect(Math.abs(Number(row.uptime_seconds) - uptime)).toBeLessThan(5);
    expect(Number(row.cpu_cores)).toBe(readFileSync('/proc/stat', 'utf8').match(/^cpu\d/gm)?.length);
    expect(Number(row.disk_total_bytes)).toBeGreaterThan(0);
    const own = report.process_exporter?.find((group) => group.name.startsWith('python'));
    expect(own?.num_procs).toBeGreaterThan(0);
    expect(own?.memory_bytes).toBeGreaterThan(1_000_000);
    expect(stderr).toContain('is not node_exporter');
    expect(report.agent).toMatchObject({ version: expect.any(String), addresses: expect.any(Array) });
    expect(Object.keys(report.agent ?? {}).sort()).toEqual(
      ['addresses', 'architecture', 'bootTime', 'hostname', 'kernel', 'os', 'version'].sort(),
    );
  });

  it('leaves unknown numbers null and keeps process counters from falling when processes end', () => {
    expect(python('print(a.node_from_proc(None, None).get("disk_reads_completed_total"))')).toBe('None');
    const answers = python(
      'import subprocess as p;t=a.ProcessTable();' +
        'b=p.Popen(["python3","-c","import time;e=time.process_time()+.3\\nwhile time.process_time()<e: pass\\nprint(1,flush=True)\\nimport sys;sys.stdin.read()"],stdin=p.PIPE,stdout=p.PIPE);' +
        'b.stdout.readline();n=open("/proc/%d/comm"%b.pid).read().strip();x=t.read()[n];b.communicate();y=t.read().get(n) or [0,t.ticks[n]/a.TICKS];print(x[1]>=.3,y[1]>=x[1])',
    );
    expect(answers).toBe('True True');
  });

  it('continues the counters of a process exporter that falls silent', () => {
    expect(
      python(
        't=a.ProcessTable();n=next(iter(t.read()));t.continue_from({n:[1,5000.0,1]});x=t.read()[n][1];y=t.read()[n][1];print(x==5000.0,5000.0<=y<5010)',
      ),
    ).toBe('True True');
  });
});

describe('how the agent sends', () => {
  it('sends gzip with the token, the id and the facts of the machine once', async () => {
    const server = await receiver();
    const of = home({ endpoint: server.origin });
    agent(of);
    await until('three reports', () => server.requests.length >= 3);
    const [one, two] = server.requests;
    expect(one?.method).toBe('POST');
    expect(one?.url).toBe('/ingest/metrics/prometheus?server_id=0b9f3a52-3f0c-4d8e-9d6f-0a1b2c3d4e5f');
    expect(one?.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      'user-agent': expect.stringMatching(/^nodepulse-agent\//),
    });
    expect(one?.report.agent).toMatchObject({ hostname: expect.any(String), kernel: expect.any(String) });
    expect(two?.report.agent).toBeUndefined();
    await until('an empty buffer', () => of.reports().length <= 1);
    expect(of.status()).toMatchObject({ lastAcceptedAt: expect.any(String), lastError: null });
    const waited = await runAgent('--config', of.config, '--wait-accepted', '5');
    expect(waited.code).toBe(0);
  });

  it('keeps everything through an outage and replays it oldest first with the times of the scrapes', async () => {
    const port = await freePort();
    const of = home({ endpoint: `http://localhost:${String(port)}/`, interval: '100ms' });
    const running = agent(of);
    await until('12 buffered reports', () => of.reports().length >= 12);
    const before = timesIn(of);
    expect(of.status()?.lastError).toMatch(/^cannot reach http:\/\/localhost:\d+: connection refused$/);
    const told = await runAgent('--config', of.config, '--wait-accepted', '0');
    expect(told).toMatchObject({ code: 1, stderr: expect.stringContaining('connection refused') });
    const server = await receiver({ port });
    await until('the backlog', () => server.acceptedTimes().length >= before.length, 12_000);
    const arrived = server.acceptedTimes();
    expect(arrived.slice(0, before.length)).toEqual(before);
    expect(arrived).toEqual([...new Set(arrived)].sort());
    expect(Math.max(...server.requests.map((one) => one.report.node_exporter?.length ?? 0))).toBe(5);
    expect(running.stderr).toContain('accepted again');
  });

  it('loses no report and shows none in part when it is killed while it writes', async () => {
    const port = await freePort();
    const of = home({ endpoint: `http://localhost:${String(port)}`, interval: '50ms' });
    for (let round = 0; round < 3; round++) {
      const running = agent(of);
      await until('more reports', () => of.reports().length >= 4 * (round + 1));
      await running.stop('SIGKILL');
      for (const name of of.reports()) expect(buffered(of, name).node_exporter).toHaveLength(1);
    }
    const kept = timesIn(of);
    const server = await receiver({ port });
    const last = agent(of);
    await until('all of them', () => kept.every((time) => server.acceptedTimes().includes(time)));
    expect(await last.stop()).toBe(0);
    const arrived = server.acceptedTimes();
    expect(arrived.slice(0, kept.length)).toEqual(kept);
  });

  it('asks again only after the time that the server asked for', async () => {
    const server = await receiver();
    server.answer = (_report, count) =>
      count === 1 ? { status: 429, headers: { 'retry-after': '3' } } : { status: 200 };
    const of = home({ endpoint: server.origin });
    agent(of);
    await until('an accepted report', () => server.accepted().length > 0);
    const [first, second] = server.requests.map((one) => one.at);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(2_990);
    expect(
      python(
        "print(a.retry_after({'retry-after':'Sun, 06 Nov 1994 08:49:37 GMT','date':'Sun, 06 Nov 1994 08:48:37 GMT'}))",
      ),
    ).toBe('60');
    expect(server.accepted()[0]?.report.node_exporter?.[0]?.timestamp).toBe(
      server.requests[0]?.report.node_exporter?.[0]?.timestamp,
    );
  });

  it.each([401, 403, 302, 500])('keeps its reports and says why while the answer is %d', async (status) => {
    const elsewhere = await receiver();
    const server = await receiver();
    server.answer = () => ({
      status,
      headers: { location: elsewhere.origin },
      body: { error: 'token\u001b[2J invalid' },
    });
    const of = home({ endpoint: server.origin, interval: '100ms' });
    agent(of);
    const text = await until('a reason', () => of.status()?.lastError as string | null);
    expect(text).toContain(`answered ${String(status)} (token [2J invalid)`);
    await until('a longer buffer', () => of.reports().length >= 3);
    expect(timesIn(of)[0]).toBe(server.requests[0]?.report.node_exporter?.[0]?.timestamp);
    expect(of.setAside()).toEqual([]);
    expect(elsewhere.requests).toEqual([]);
  });

  it.each([400, 413])('sets only the report aside that is refused for good (%d)', async (status) => {
    const port = await freePort();
    const of = home({ endpoint: `http://localhost:${String(port)}`, interval: '100ms' });
    const filling = agent(of);
    await until('7 buffered reports', () => of.reports().length >= 7);
    await filling.stop();
    const times = timesIn(of);
    const poison = times[2];
    const server = await receiver({ port });
    server.answer = (report) =>
      report.node_exporter?.some((row) => row.timestamp === poison)
        ? { status, body: { error: 'no such field' } }
        : { status: 200 };
    agent(of);
    const rest = times.filter((time) => time !== poison);
    await until('the others', () => rest.every((time) => server.acceptedTimes().includes(time)));
    expect(server.acceptedTimes().slice(0, rest.length)).toEqual(rest);
    expect(of.setAside()).toHaveLength(1);
  });

  it('goes on without gzip where the server does not take it', async () => {
    const server = await receiver();
    server.answer = (_report, count) => ({ status: count === 1 ? 415 : 200 });
    agent(home({ endpoint: server.origin }));
    await until('an accepted report', () => server.accepted().length > 0);
    expect(server.accepted()[0]?.headers['content-encoding']).toBeUndefined();
    expect(server.accepted()[0]?.report.node_exporter?.[0]?.timestamp).toBe(
      server.requests[0]?.report.node_exporter?.[0]?.timestamp,
    );
  });

  it('ends within a second of SIGTERM though server and exporter hang', async () => {
    const server = await receiver();
    server.answer = () => ({ status: 200, hang: true });
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    ended.push(() => silent.close());
    const port = (silent.address() as AddressInfo).port;
    const of = home({ endpoint: server.origin, nodeExporter: `http://127.0.0.1:${String(port)}/metrics` });
    const running = agent(of);
    await until('a request', () => server.requests.length > 0);
    const start = Date.now();
    expect(await running.stop()).toBe(0);
    expect(Date.now() - start).toBeLessThan(1_000);
    expect(of.reports().length).toBeGreaterThan(0);
  });
});

describe('what the agent keeps on disk', () => {
  it('stays within its size and keeps the newest', async () => {
    const of = home({ endpoint: `http://localhost:${String(await freePort())}`, interval: '50ms', maxSizeMb: 0.04 });
    agent(of);
    await until('dropped reports', () => Number(of.status()?.dropped) >= 5);
    expect(of.reports().length).toBeLessThanOrEqual(11);
    expect(Number(of.status()?.bufferedBytes)).toBeLessThanOrEqual(0.04 * 1048576);
    const newest = timesIn(of).at(-1) ?? '';
    expect(Date.now() - Date.parse(newest)).toBeLessThan(5_000);
  });

  it('drops what is older than the retention', async () => {
    const server = await receiver();
    const of = home({ endpoint: server.origin, retentionHours: 1 });
    writeFileSync(join(of.buffer, 'report-00001700000000000000-0123abcd.json.gz'), 'old');
    agent(of);
    await until('reports', () => server.accepted().length >= 2);
    expect(of.reports().join()).not.toContain('report-00001700');
    expect(of.status()).toMatchObject({ dropped: 1 });
  });

  it('sets a damaged file aside and goes on, and clears halves of files', async () => {
    const server = await receiver();
    const of = home({ endpoint: server.origin });
    const stamp = String(BigInt(Date.now() - 60_000) * 1_000_000n).padStart(20, '0');
    writeFileSync(join(of.buffer, `report-${stamp}-0123abcd.json.gz`), 'not gzip');
    writeFileSync(join(of.buffer, '.report-1.json.gz.tmp'), 'half');
    writeFileSync(join(of.buffer, 'notes.txt'), 'left alone');
    agent(of);
    await until('reports', () => server.accepted().length >= 2);
    expect(of.setAside()).toEqual([`report-${stamp}-0123abcd.json.gz`]);
    expect(execFileSync('ls', ['-A', of.buffer]).toString()).not.toContain('.tmp');
    expect(readFileSync(join(of.buffer, 'notes.txt'), 'utf8')).toBe('left alone');
  });

  it('keeps the newest reports in memory while the disk takes nothing, and sends them', async () => {
    const port = await freePort();
    const of = home({ endpoint: `http://localhost:${String(port)}`, interval: '100ms' });
    // No file may grow beyond zero bytes: what a full disk does to a writer.
    const running = agent(of, ['prlimit', '--fsize=0:unlimited']);
    await until('the message', () => running.stderr.includes('stay in memory'));
    await until('some scrapes', () => running.stderr.includes('cannot reach'));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(of.reports()).toEqual([]);
    const server = await receiver({ port });
    await until('reports from memory', () => server.acceptedTimes().length >= 4);
    expect(of.reports()).toEqual([]);
    execFileSync('prlimit', ['--pid', String(running.pid), '--fsize=unlimited:unlimited']);
    await until('the disk again', () => running.stderr.includes('can be written again'));
    const arrived = server.acceptedTimes();
    expect(arrived).toEqual([...new Set(arrived)].sort());
  });

  it('takes over the unsent buffer of the earlier agent', async () => {
    const server = await receiver();
    const of = home({ endpoint: server.origin });
    const at = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString().replace('Z', '123456Z');
    const old = (time: string): Report => ({
      node_exporter: [{ timestamp: time, cpu_cores: 2, memory_total_bytes: 5 }],
      process_exporter: [{ timestamp: time, name: 'nginx', num_procs: 1, cpu_seconds_total: 2, memory_bytes: 3 }],
    });
    const times = [at(50), at(40), at(30), at(20), at(10)];
    const [a = '', b = '', c = '', d = '', e = ''] = times;
    writeFileSync(
      join(of.buffer, 'metrics-20251030-19.jsonl'),
      `${JSON.stringify(old(b))}\n${JSON.stringify(old(a))}\n`,
    );
    const two = { node_exporter: [...(old(c).node_exporter ?? []), ...(old(d).node_exporter ?? [])] };
    writeFileSync(join(of.buffer, '1761852589.json'), JSON.stringify(two));
    writeFileSync(join(of.buffer, 'half.jsonl'), `${JSON.stringify(old(e))}\n{"node_exp`);
    writeFileSync(join(of.buffer, 'settings.json'), '{"unknown":true}');
    agent(of);
    await until('all of it', () => times.every((time) => server.acceptedTimes().includes(time)));
    const arrived = server.acceptedTimes().filter((time) => times.includes(time));
    expect(arrived).toEqual(times);
    const row = server
      .accepted()
      .flatMap((one) => one.report.node_exporter ?? [])
      .find((one) => one.timestamp === a);
    expect(row).toEqual({ timestamp: a, cpu_cores: 2, memory_total_bytes: 5 });
    await until('the files gone', () => of.setAside().length === 1);
    expect(of.setAside()).toEqual(['half.jsonl']);
    expect(execFileSync('ls', [of.buffer]).toString()).toContain('settings.json');
    expect(execFileSync('ls', [of.buffer]).toString()).not.toContain('1761852589.json');
  });

  it('lets only one agent use a buffer', async () => {
    const of = home({ endpoint: `http://localhost:${String(await freePort())}` });
    const first = agent(of);
    await until('a report', () => of.reports().length > 0);
    const second = agent(of);
    expect(await second.ended).toBe(78);
    expect(second.stderr).toContain('another agent already uses');
    expect(first.child.exitCode).toBeNull();
  });
});

describe('TLS', () => {
  const folder = join('/tmp', `nodepulse-agent-certs-${String(process.pid)}`);
  const openssl = (...argv: string[]) => execFileSync('openssl', argv, { cwd: folder, stdio: 'pipe' });
  const file = (name: string) => readFileSync(join(folder, name), 'utf8');

  function certificates() {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { mode: 0o700 });
    ended.push(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    for (const name of ['ca', 'other']) {
      openssl(
        'req',
        '-x509',
        ...key,
        '-keyout',
        `${name}.key`,
        '-out',
        `${name}.pem`,
        '-subj',
        `/CN=Test ${name}`,
        '-days',
        '2',
      );
    }
    openssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=localhost');
    writeFileSync(join(folder, 'san'), 'subjectAltName=DNS:localhost');
    openssl(
      'x509',
      '-req',
      '-in',
      'server.csr',
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-days',
      '2',
      '-extfile',
      'san',
      '-out',
      'server.pem',
    );
    return { key: file('server.key'), cert: file('server.pem') };
  }

  it('reports to the pinned authority in under 25 MB, and to nobody else', async () => {
    const server = await receiver({ tls: certificates() });
    const of = home({ endpoint: server.origin, caFile: join(folder, 'ca.pem'), interval: '50ms' });
    const running = agent(of);
    await until('reports', () => server.accepted().length >= 20);
    expect(running.peakMemoryMb()).toBeLessThan(25);
    await running.stop();
    const before = server.requests.length;

    for (const [caFile, endpoint] of [
      [join(folder, 'other.pem'), server.origin],
      [undefined, server.origin],
      [join(folder, 'ca.pem'), server.origin.replace('localhost', '127.0.0.1')],
    ] as const) {
      const refused = home({ endpoint, ...(caFile ? { caFile } : {}) });
      agent(refused);
      const text = await until('a reason', () => refused.status()?.lastError as string | null);
      expect(text).toMatch(/^cannot make a trusted TLS connection to https:/);
    }
    expect(server.requests.length).toBe(before);
  });
});

describe('the configuration', () => {
  it.each([
    ['a tab', 'server:\n\tendpoint: x', 'tabs'],
    ['a key twice', 'agent:\n  interval: 1s\n  interval: 2s', 'twice'],
    ['an anchor', 'agent: &a\n', 'not supported'],
    ['bad indentation', 'agent:\n  interval: 1s\n    x: 1', 'indentation'],
    ['no address', 'agent:\n  server_id: abc', 'server.endpoint is missing'],
    ['an address with a user', 'server:\n  endpoint: http://u:p@host/', 'server.endpoint must be an address'],
    ['a strange id', 'server:\n  endpoint: http://h\nagent:\n  server_id: "a/b"', 'agent.server_id'],
    ['a strange interval', 'agent:\n  interval: soon', 'agent.interval must be a duration'],
  ])('refuses %s with a sentence', async (_what, text, message) => {
    const of = home({ endpoint: 'http://localhost:1' });
    writeFileSync(of.config, text);
    const result = await runAgent('--config', of.config);
    expect(result).toMatchObject({ code: 78, stderr: expect.stringContaining(message) });
  });

  it('reads JSON as well', async () => {
    const of = home({ endpoint: 'http://localhost:1' });
    writeFileSync(of.config, JSON.stringify({ exporters: [], buffer: { path: of.buffer } }));
    expect((await once(of)).report.node_exporter).toHaveLength(1);
  });
});
