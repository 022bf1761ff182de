import { formOptional, formText } from '../api/form-values.ts';

/** The body that the api takes, from the fields of ServerFields. What is wrong is left for the api to say. */
export function serverFromForm(form: FormData): Record<string, unknown> {
  const sshHost = formText(form, 'sshHost').trim();
  const port = formText(form, 'sshPort').trim();
  return {
    hostname: formOptional(form, 'hostname') ?? sshHost,
    displayName: formOptional(form, 'displayName') ?? null,
    sshHost,
    sshPort: /^\d+$/.test(port) ? Number(port) : port,
    sshUsername: formText(form, 'sshUsername').trim(),
    sshKeyId: formOptional(form, 'sshKeyId') ?? null,
    environment: formText(form, 'environment'),
    tags: formText(form, 'tags')
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
  };
}
