import type { PlaybookVariable } from '#common/contracts/playbooks.ts';
import { formText } from '../api/form-values.ts';

/** Name of a variable's field in the form. */
export const variableField = (name: string): string => `variable.${name}`;

/**
 * The declared variables of a form, in their types. A field left empty is left out, so that the playbook's default holds; a number
 * that is none stays text, for the api to refuse.
 */
export function variablesFromForm(
  declared: readonly PlaybookVariable[],
  form: FormData,
): Record<string, string | number | boolean> {
  const values: [string, string | number | boolean][] = [];
  for (const { name, type } of declared) {
    const text = formText(form, variableField(name));
    if (type === 'boolean') values.push([name, text === 'on']);
    else if (text === '') continue;
    else if (type === 'integer') values.push([name, /^-?\d+$/.test(text) ? Number(text) : text]);
    else values.push([name, text]);
  }
  return Object.fromEntries(values);
}
