import { describe, expect, it } from '@jest/globals';
import { PlaybookVariable } from '#common/contracts/playbooks.ts';
import { checkVariables } from './variables.ts';

const declared = [
  { name: 'endpoint', label: 'Endpoint', type: 'string', required: true, pattern: 'https?://.+', max: 40 },
  { name: 'interval', label: 'Interval', type: 'integer', min: 5, max: 60, default: 15 },
  { name: 'exporters', label: 'Exporters', type: 'boolean', default: false },
  { name: 'channel', label: 'Channel', type: 'select', options: ['stable', 'edge'] },
  { name: 'password', label: 'Password', type: 'password' },
  { name: 'ansible_user', label: 'A trap', type: 'string' },
].map((variable) => PlaybookVariable.parse(variable));

const codes = (given: Record<string, unknown>) =>
  checkVariables(declared, { endpoint: 'http://a', ...given }).problems.map((problem) => [problem.name, problem.code]);

describe('checkVariables', () => {
  it('takes declared values as they are and fills in defaults', () => {
    expect(
      checkVariables(declared, { endpoint: 'https://a', exporters: true, password: "{{ lookup('pipe','id') }}" }),
    ).toEqual({
      values: { endpoint: 'https://a', exporters: true, password: "{{ lookup('pipe','id') }}", interval: 15 },
      problems: [],
    });
  });

  it.each([
    'ansible_host',
    'ansible_port',
    'ansible_user',
    'ansible_connection',
    'ansible_ssh_common_args',
    'ansible_ssh_extra_args',
    'ansible_ssh_executable',
    'ansible_ssh_private_key_file',
    'ansible_become_exe',
    'ansible_become_flags',
    'ansible_python_interpreter',
    'ANSIBLE_shell_executable',
  ])('refuses %s by name, even where a playbook declares it', (name) => {
    expect(codes({ [name]: 'x' })).toEqual([[name, 'variable_reserved']]);
  });

  it('refuses what is not declared, also names of the prototype', () => {
    expect(codes({ other: 1, constructor: 'x', toString: 'y' })).toEqual([
      ['other', 'variable_not_declared'],
      ['constructor', 'variable_not_declared'],
      ['toString', 'variable_not_declared'],
    ]);
  });

  it.each([
    [{ exporters: 'false' }, 'variable_wrong_type'],
    [{ interval: '15' }, 'variable_wrong_type'],
    [{ interval: 1.5 }, 'variable_wrong_type'],
    [{ interval: 4 }, 'variable_out_of_range'],
    [{ interval: 61 }, 'variable_out_of_range'],
    [{ channel: 'nightly' }, 'variable_not_an_option'],
    [{ endpoint: 'see http://a' }, 'variable_wrong_form'],
    [{ endpoint: `http://${'a'.repeat(40)}` }, 'variable_out_of_range'],
    [{ endpoint: '' }, 'variable_missing'],
    [{ password: { lookup: 1 } }, 'variable_wrong_type'],
  ])('refuses %j as %s, and gives no values', (given, code) => {
    const checked = checkVariables(declared, { endpoint: 'http://a', ...given });
    expect(checked.problems.map((problem) => problem.code)).toEqual([code]);
    expect(checked.values).toEqual({});
  });

  it('names a required variable that is missing', () => {
    expect(checkVariables(declared, {}).problems).toEqual([
      { name: 'endpoint', code: 'variable_missing', message: 'Variable endpoint is required.' },
    ]);
  });
});
