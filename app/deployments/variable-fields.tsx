import type { PlaybookVariable } from '#common/contracts/playbooks.ts';
import { fieldError, type ApiProblem } from '../api/problem.ts';
import { CheckField, SelectField, TextField } from '../ui/field.tsx';
import { variableField } from './variables-from-form.ts';

/** A field for each variable that a playbook declares. */
export function VariableFields({
  variables,
  problem,
}: {
  variables: readonly PlaybookVariable[];
  problem: ApiProblem | undefined;
}) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {variables.map((variable) => (
        <VariableField
          key={variable.name}
          variable={variable}
          error={fieldError(problem, `variables.${variable.name}`)}
        />
      ))}
    </div>
  );
}

function VariableField({ variable, error }: { variable: PlaybookVariable; error: string | undefined }) {
  const { name, label, type, description, required } = variable;
  const shared = {
    label,
    name: variableField(name),
    hint: description === '' ? undefined : description,
    error,
    optional: !required,
  };
  const text = variable.default === undefined ? '' : String(variable.default);
  switch (type) {
    case 'boolean':
      return (
        <div className="self-center">
          <CheckField
            label={label}
            name={variableField(name)}
            hint={shared.hint}
            defaultChecked={variable.default === true}
          />
        </div>
      );
    case 'select':
      return (
        <SelectField {...shared} defaultValue={text} required={required}>
          {required ? null : <option value="">As the playbook decides</option>}
          {(variable.options ?? []).map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </SelectField>
      );
    case 'integer':
      return (
        <TextField
          {...shared}
          type="number"
          step={1}
          min={variable.min}
          max={variable.max}
          defaultValue={text}
          required={required}
        />
      );
    case 'password':
      return <TextField {...shared} type="password" autoComplete="new-password" required={required} />;
    case 'string':
      return (
        <TextField
          {...shared}
          autoComplete="off"
          spellCheck={false}
          defaultValue={text}
          required={required}
          minLength={variable.min}
          maxLength={variable.max}
        />
      );
  }
}
