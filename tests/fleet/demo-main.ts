/** Starts a fleet and keeps it until its standard input ends or Ctrl-C. Run: node --import tsx tests/fleet/demo-main.ts [port to forward] */
import { detectFleet } from './detect.ts';
import { startFleet } from './fleet.ts';

const detection = detectFleet();
if (!detection.ok) {
  process.stderr.write(`${detection.reason}\n`);
  process.exit(1);
}
const [port] = process.argv.slice(2);
const fleet = await startFleet(port ? { forwardPort: Number(port) } : {});
const { initPid, netnsPath, hosts, keyFile } = fleet;
process.stdout.write(`${JSON.stringify({ initPid, netnsPath, hosts, keyFile })}\n`);
for (const { name, sshHost, sshPort } of hosts) {
  process.stdout.write(
    `${name}: ssh -i ${keyFile} -o UserKnownHostsFile=/dev/null -p ${String(sshPort)} ops@${sshHost}\n`,
  );
}

const stop = async () => {
  await fleet.stop();
  process.exit(0);
};
process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());
process.stdin.once('end', () => void stop()).resume();
