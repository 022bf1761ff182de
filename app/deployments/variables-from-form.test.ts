import { describe, expect, it } from '@jest/globals';
import { PlaybookVariable } from '#common/contracts/playbooks.ts';
import { checkVariables } from '#common/domain/variables.ts';
import { variableField, variablesFromForm } from './variables-from-form.ts';

const declared = [
  { name: 'interval', label: '', type: 'select', options: ['15s', '30s'] },
  { name: 'exporters', label: '', type: 'boolean', default: true },
  { name: 'hours', label: '', type: 'integer', min: 1, max: 9 },
  { name: 'note', label: '', type: 'string', default: 'none' },
].map((variable) => PlaybookVariable.parse(variable));

function form(values: Record<string, string>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(values)) data.set(variableField(name), value);
  return data;
}

describe('variables of a form', () => {
  it('take their declared types, which the rules accept', () => {
    const values = variablesFromForm(
      declared,
      form({ interval: '30s', exporters: 'on', hours: '4', note: '{{ lookup }}' }),
    );
    expect(values).toEqual({ interval: '30s', exporters: true, hours: 4, note: '{{ lookup }}' });
    expect(checkVariables(declared, values).problems).toEqual([]);
  });

  it('are false where a box is not ticked, and left out where a field is empty', () => {
    expect(variablesFromForm(declared, form({ interval: '', hours: '', note: '' }))).toEqual({ exporters: false });
  });

  it('leave what is no number for the rules to refuse', () => {
    const values = variablesFromForm(declared, form({ hours: '4x' }));
    expect(values.hours).toBe('4x');
    expect(checkVariables(declared, values).problems.map((problem) => problem.code)).toEqual(['variable_wrong_type']);
  });

  it('take nothing that is not declared', () => {
    expect(variablesFromForm(declared, form({ ansible_host: 'x' }))).toEqual({ exporters: false });
  });
});
