import { describe, expect, it } from '@jest/globals';
import { CreateServer } from '#common/contracts/servers.ts';
import { serverFromForm } from './server-form.ts';

function form(values: Record<string, string>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(values)) data.set(name, value);
  return data;
}

const whole = {
  sshHost: ' web.example.com ',
  sshPort: '2222',
  sshUsername: 'admiral',
  environment: 'staging',
  tags: 'eu, web,,',
};

describe('the form of a server', () => {
  it('becomes what the api takes', () => {
    const body = serverFromForm(form(whole));
    expect(CreateServer.parse(body)).toMatchObject({
      hostname: 'web.example.com',
      sshPort: 2222,
      tags: ['eu', 'web'],
      displayName: null,
    });
  });

  it('leaves wrong values for the api to refuse', () => {
    const result = CreateServer.safeParse(serverFromForm(form({ ...whole, sshPort: '22x' })));
    expect(result.error?.issues.map((issue) => issue.path.join('.'))).toEqual(['sshPort']);
  });
});
