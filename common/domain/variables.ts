import type { PlaybookVariable } from '#common/contracts/playbooks.ts';

export type VariableValue = string | number | boolean;

/** Why one given variable is refused; `message` is a sentence for the person who gave it. */
export interface VariableProblem {
  name: string;
  code:
    | 'variable_reserved'
    | 'variable_not_declared'
    | 'variable_missing'
    | 'variable_wrong_type'
    | 'variable_out_of_range'
    | 'variable_not_an_option'
    | 'variable_wrong_form';
  message: string;
}

export interface CheckedVariables {
  /** Given values, and defaults for what was not given. Empty when there are problems. */
  values: Record<string, VariableValue>;
  problems: VariableProblem[];
}

/** Names by which Ansible itself is steered: they are taken from the server's own fields, never from a person. */
const RESERVED = /^ansible_/i;

/**
 * Holds given variables against the declared ones. Refused: a name that is not declared, any name beginning with `ansible_` (even a
 * declared one), a missing required value, a value of another type (no conversion: the text "false" is no boolean), out of its range
 * or length, of another form than its pattern (which must match the whole value), or not among its options.
 */
export function checkVariables(
  declared: readonly PlaybookVariable[],
  given: Readonly<Record<string, unknown>>,
): CheckedVariables {
  const byName = new Map(declared.filter((variable) => !RESERVED.test(variable.name)).map((v) => [v.name, v]));
  const problems: VariableProblem[] = [];
  const values: [string, VariableValue][] = [];
  for (const [name, value] of Object.entries(given)) {
    const variable = byName.get(name);
    if (variable) {
      const problem = checkValue(variable, value);
      if (problem) problems.push({ name, ...problem });
      else values.push([name, value as VariableValue]);
    } else problems.push(refusedName(name));
  }
  for (const variable of byName.values()) {
    if (Object.hasOwn(given, variable.name)) continue;
    if (variable.default !== undefined) values.push([variable.name, variable.default]);
    else if (variable.required)
      problems.push({
        name: variable.name,
        code: 'variable_missing',
        message: `Variable ${variable.name} is required.`,
      });
  }
  return { values: problems.length > 0 ? {} : Object.fromEntries(values), problems };
}

function refusedName(name: string): VariableProblem {
  return RESERVED.test(name)
    ? {
        name,
        code: 'variable_reserved',
        message: `Variable ${name} cannot be set: names beginning with ansible_ come from the server's own settings.`,
      }
    : { name, code: 'variable_not_declared', message: `The playbook does not declare a variable ${name}.` };
}

type Refusal = Omit<VariableProblem, 'name'>;

function checkValue(variable: PlaybookVariable, value: unknown): Refusal | undefined {
  const { name, type } = variable;
  const wrong = (what: string): Refusal => ({
    code: 'variable_wrong_type',
    message: `Variable ${name} must be ${what}.`,
  });
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean' ? undefined : wrong('true or false');
    case 'integer':
      return Number.isSafeInteger(value) ? checkRange(variable, value as number, '') : wrong('a whole number');
    case 'select':
      if (typeof value !== 'string') return wrong('a text');
      return variable.options?.includes(value)
        ? undefined
        : {
            code: 'variable_not_an_option',
            message: `Variable ${name} must be one of: ${(variable.options ?? []).join(', ')}.`,
          };
    case 'string':
    case 'password':
      if (typeof value !== 'string') return wrong('a text');
      if (variable.required && value === '')
        return { code: 'variable_missing', message: `Variable ${name} is required and must not be empty.` };
      return checkRange(variable, value.length, ' characters') ?? checkForm(variable, value);
  }
}

function checkRange(variable: PlaybookVariable, size: number, unit: string): Refusal | undefined {
  const { name, min, max } = variable;
  if (min !== undefined && size < min)
    return { code: 'variable_out_of_range', message: `Variable ${name} must be at least ${String(min)}${unit}.` };
  if (max !== undefined && size > max)
    return { code: 'variable_out_of_range', message: `Variable ${name} must be at most ${String(max)}${unit}.` };
  return undefined;
}

function checkForm(variable: PlaybookVariable, value: string): Refusal | undefined {
  if (variable.pattern === undefined || new RegExp(`^(?:${variable.pattern})$`, 'u').test(value)) return undefined;
  return {
    code: 'variable_wrong_form',
    message: `Variable ${variable.name} must have the form ${variable.pattern}.`,
  };
}
