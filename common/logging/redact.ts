export type Redactor = (text: string) => string;

/** Replaces each of the given values, its base64, base64url, JSON and URL form by `[secret]`. Values under 6 characters are left out. */
export function createRedactor(secrets: readonly string[]): Redactor {
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < 6) continue;
    const bytes = Buffer.from(secret, 'utf8');
    forms.add(secret);
    forms.add(JSON.stringify(secret).slice(1, -1));
    forms.add(encodeURIComponent(secret));
    forms.add(bytes.toString('base64'));
    forms.add(bytes.toString('base64url'));
  }
  const ordered = [...forms].sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((out, form) => out.replaceAll(form, '[secret]'), text);
}
