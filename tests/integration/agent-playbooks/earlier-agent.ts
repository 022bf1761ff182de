import type { Fleet } from '../../fleet/fleet.ts';

export const EARLIER_ID = 'c0ffee00-1111-4222-8333-444455556666';

/** A time in the past as the earlier agent writes it. */
export const earlierTime = (minutesAgo: number) =>
  new Date(Date.now() - minutesAgo * 60_000).toISOString().replace('Z', '123456Z');

/** Puts on a host what an installation of the earlier agent looks like: program, unit, configuration, id, buffer. */
export async function installEarlierAgent(fleet: Fleet, host: string, unsent: string[]): Promise<void> {
  const run = async (...argv: string[]) => {
    const { code, stderr } = await fleet.exec(host, argv);
    if (code !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`);
  };
  await run('useradd', '--system', '--home-dir', '/var/lib/nodepulse', '--shell', '/usr/sbin/nologin', 'nodepulse');
  await run('mkdir', '-p', '/opt/nodepulse', '/etc/nodepulse', '/var/lib/nodepulse/buffer');
  await fleet.putFile(host, '/opt/nodepulse/nodepulse', '#!/bin/sh\nexec sleep infinity\n', 0o755);
  await fleet.putFile(
    host,
    '/etc/systemd/system/nodepulse.service',
    '[Unit]\nDescription=earlier agent\n[Service]\nUser=nodepulse\nExecStart=/opt/nodepulse/nodepulse\n[Install]\nWantedBy=multi-user.target\n',
  );
  await fleet.putFile(
    host,
    '/etc/nodepulse/nodepulse.yml',
    'server:\n  endpoint: "http://admiral.example.com/metrics/prometheus"\nagent:\n  interval: 15s\n',
  );
  await fleet.putFile(host, '/var/lib/nodepulse/server_id', `${EARLIER_ID}\n`);
  const lines = unsent.map((timestamp) =>
    JSON.stringify({
      node_exporter: [{ timestamp, cpu_cores: 2, cpu_idle_seconds: 5 }],
      process_exporter: [{ timestamp, name: 'init', num_procs: 1, cpu_seconds_total: 1, memory_bytes: 2 }],
    }),
  );
  await fleet.putFile(host, '/var/lib/nodepulse/buffer/buffer-20251030.jsonl', `${lines.join('\n')}\n`);
  await run('systemctl', 'daemon-reload');
  await run('systemctl', 'enable', '--now', 'nodepulse.service');
}

/** An exporter that somebody runs already, not from a package: answers on 9100 with a number to recognise it by. */
export async function installOwnExporter(fleet: Fleet, host: string): Promise<void> {
  await fleet.putFile(
    host,
    '/usr/local/bin/own-exporter',
    `#!/usr/bin/python3
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        text = b'node_cpu_seconds_total{cpu="0",mode="idle"} 424242.5\\n'
        self.send_response(200)
        self.send_header('Content-Length', str(len(text)))
        self.end_headers()
        self.wfile.write(text)
HTTPServer(('0.0.0.0', 9100), Handler).serve_forever()
`,
    0o755,
  );
  await fleet.putFile(
    host,
    '/etc/systemd/system/own-exporter.service',
    '[Service]\nExecStart=/usr/local/bin/own-exporter\n[Install]\nWantedBy=multi-user.target\n',
  );
  await fleet.exec(host, ['systemctl', 'daemon-reload']);
  await fleet.exec(host, ['systemctl', 'enable', '--now', 'own-exporter.service']);
}
