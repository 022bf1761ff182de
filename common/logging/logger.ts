import pino from 'pino';
import { createRedactor, type Redactor } from './redact.ts';

export type Logger = pino.Logger;

/**
 * JSON lines on standard output: constant messages, facts in fields. Every line passes a redactor that knows the secret
 * values of this process, their base64 and their URL form.
 */
export function createLogger(name: string, level: string, secrets: readonly string[] = []): Logger {
  const redactor: Redactor = createRedactor(secrets);
  const out = pino.destination({ fd: 1, sync: true });
  const stream = { write: (line: string) => void out.write(redactor(line)) };
  return pino({ name, level, base: { name }, timestamp: pino.stdTimeFunctions.isoTime }, stream);
}
