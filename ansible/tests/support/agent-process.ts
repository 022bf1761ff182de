import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The agent as it is installed on hosts. */
export const AGENT_FILE = fileURLToPath(
  new URL('../../roles/nodepulse_agent/files/nodepulse-agent.py', import.meta.url),
);
export const TOKEN = 'npa_dGVzdC10b2tlbi1vZi10aGUtYWdlbnQ';

export interface AgentOptions {
  endpoint: string;
  serverId?: string;
  interval?: string;
  timeout?: string;
  caFile?: string;
  nodeExporter?: string;
  processExporter?: string;
  maxSizeMb?: number;
  retentionHours?: number;
}

/** A folder of its own for one agent: configuration, token, buffer. */
export class AgentHome {
  readonly folder = mkdtempSync(join(tmpdir(), 'nodepulse-agent-test-'));
  readonly config = join(this.folder, 'nodepulse.yml');
  readonly buffer = join(this.folder, 'state', 'buffer');
  readonly aside = join(this.folder, 'state', 'set-aside');

  constructor(options: AgentOptions) {
    mkdirSync(this.buffer, { recursive: true });
    writeFileSync(join(this.folder, 'token'), `${TOKEN}\n`, { mode: 0o600 });
    this.configure(options);
  }

  configure(options: AgentOptions): void {
    const exporter = (name: string, url: string | undefined) =>
      `  - name: ${name}\n    enabled: ${String(url !== undefined)}\n    endpoint: ${url ?? 'http://127.0.0.1:9/metrics'}\n    timeout: 1s\n`;
    writeFileSync(
      this.config,
      `# A comment\nserver:\n  endpoint: ${JSON.stringify(options.endpoint)}\n  timeout: ${options.timeout ?? '5s'}\n` +
        `  token_file: '${join(this.folder, 'token')}'\n` +
        (options.caFile ? `  ca_file: ${options.caFile}\n` : '') +
        `agent:\n  server_id: "${options.serverId ?? '0b9f3a52-3f0c-4d8e-9d6f-0a1b2c3d4e5f'}"\n  interval: ${options.interval ?? '200ms'}\n` +
        `exporters:\n${exporter('node_exporter', options.nodeExporter)}${exporter('process_exporter', options.processExporter)}` +
        `buffer:\n  path: ${this.buffer}   # where reports wait\n  retention_hours: ${String(options.retentionHours ?? 48)}\n` +
        `  max_size_mb: ${String(options.maxSizeMb ?? 64)}\nlogging:\n  level: info\n`,
    );
  }

  /** Names of the buffered reports, oldest first. */
  reports(): string[] {
    return readdirSync(this.buffer)
      .filter((name) => name.startsWith('report-'))
      .sort();
  }

  setAside(): string[] {
    try {
      return readdirSync(this.aside);
    } catch {
      return [];
    }
  }

  status(): Record<string, unknown> | undefined {
    try {
      return JSON.parse(readFileSync(join(this.folder, 'state', 'status.json'), 'utf8')) as Record<string, unknown>;
    } catch {
      return undefined;
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A running agent. */
export class AgentProcess {
  readonly child: ChildProcess;
  stderr = '';
  readonly ended: Promise<number | null>;

  constructor(home: AgentHome, wrapper: string[] = []) {
    const argv = [...wrapper, 'python3', '-IS', AGENT_FILE, '--config', home.config];
    this.child = spawn(argv[0] ?? '', argv.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stderr?.on('data', (data: Buffer) => (this.stderr += data.toString()));
    this.ended = new Promise((resolve) => this.child.once('exit', (code) => resolve(code)));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Peak resident memory in MB. */
  peakMemoryMb(): number {
    const text = readFileSync(`/proc/${String(this.pid)}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(text)?.[1]) / 1024;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** Runs one of the agent's commands to its end. */
export async function runAgent(...argv: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn('python3', ['-IS', AGENT_FILE, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', (value) => resolve(value)));
  return { code, stdout, stderr };
}
