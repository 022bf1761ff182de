import type { PlaybookVariable } from '#common/contracts/playbooks.ts';
import type { Sealer } from '#common/crypto/seal.ts';
import { checkVariables, type VariableValue } from '#common/domain/variables.ts';
import { RefusedError } from '../http/refused-error.ts';

/** What is stored of the given variables: those of type password are sealed for this deployment. Throws invalid_variables. */
export function storedVariables(
  declared: readonly PlaybookVariable[],
  given: Readonly<Record<string, unknown>>,
  sealer: Sealer,
  deploymentId: string,
): Record<string, VariableValue> {
  const { values, problems } = checkVariables(declared, given);
  if (problems.length > 0) {
    throw new RefusedError(
      'invalid_variables',
      problems
        .map((problem) => problem.message)
        .join(' ')
        .slice(0, 2000),
      problems.map(({ name, message }) => ({ path: `variables.${name}`, message })),
    );
  }
  const secret = new Set(declared.filter((variable) => variable.type === 'password').map((variable) => variable.name));
  const stored = Object.entries(values).map(([name, value]) => {
    const place = { table: 'deployments', column: `variables.${name}`, row: deploymentId };
    return [name, secret.has(name) ? sealer.seal(String(value), place) : value] as const;
  });
  return Object.fromEntries(stored);
}
