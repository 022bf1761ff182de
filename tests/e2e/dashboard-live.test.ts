import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startInstallation, type TestInstallation } from '../support/installation.ts';
import { LOCAL_TARGETS } from '../support/local-deployments.ts';
import { hydrated, openBrowser, watchComplaints } from './fixture/browser.ts';

/** A person's way through a real installation: from the first sign-in to a run that ends, and one that is cancelled. */
describe('the dashboard of an installation', () => {
  let admiral: TestInstallation;
  let browser: Browser;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    [admiral, browser] = await Promise.all([startInstallation({ env: LOCAL_TARGETS }), openBrowser()]);
    page = await browser.newPage();
    page.setDefaultTimeout(30_000);
    complaints = watchComplaints(page);
  }, 900_000);
  afterAll(async () => {
    await browser.close();
    await admiral.stop({ remove: true });
  }, 60_000);

  const open = async (path: string) => {
    await page.goto(admiral.url + path);
    await hydrated(page);
  };
  const press = (name: string | RegExp) => page.getByRole('button', { name }).click();
  /** The row of the one host, in a state. */
  const host = (word: string) =>
    page
      .getByRole('region', { name: 'Hosts' })
      .getByRole('button', { name: /This machine/ })
      .getByText(word, { exact: true });
  const heading = (name: string) => page.getByRole('heading', { name, exact: true }).waitFor();

  it('asks who one is, says why it refuses, and leads back to where one was going', async () => {
    await open('/servers');
    expect(new URL(page.url()).pathname).toBe('/sign-in');
    await page.getByLabel('E-mail').fill(admiral.admin.email);
    await page.getByLabel('Password').fill('not the password');
    await press('Sign in');
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Password').fill(admiral.admin.password);
    await press('Sign in');
    await heading('Servers');
    expect(new URL(page.url()).pathname).toBe('/servers');
  }, 120_000);

  it('shows the first steps and makes a key without ever showing its private half', async () => {
    await open('/');
    await heading('Welcome to Admiral');
    await page.getByRole('link', { name: 'Add a key' }).click();
    await page.getByLabel('Name').fill('fleet');
    await press('Generate');
    const line = await page.getByRole('dialog').getByRole('textbox', { name: 'Public key' }).textContent();
    expect(line).toMatch(/^ssh-ed25519 /);
    expect(await page.content()).not.toContain('PRIVATE KEY-----');
    await press('Done');
  }, 120_000);

  it('adds a server and tests its connection', async () => {
    await open('/servers/new');
    await page.getByLabel('Address').fill('local');
    await page.getByLabel('Display name').fill('This machine');
    await page.getByRole('main').getByRole('button', { name: 'Add server' }).click();
    await heading('This machine');
    await press('Test connection');
    await page.getByText('The connection works').waitFor();
  }, 120_000);

  it('refuses a form that another site sent', async () => {
    const answer = await page.request.post(`${admiral.url}/keys`, {
      headers: { origin: 'https://elsewhere.example' },
      form: { intent: 'add', name: 'forged', generate: 'ed25519' },
    });
    expect(answer.status()).toBeGreaterThanOrEqual(400);
    await open('/keys');
    expect(await page.getByRole('heading', { name: /forged/ }).count()).toBe(0);
  }, 60_000);

  const deploy = async (playbook: string, seconds: number) => {
    await open(`/deployments/new?playbook=${playbook}`);
    await page.getByLabel('Seconds').fill(String(seconds));
    await page.getByRole('checkbox', { name: /This machine/ }).check();
    await press('Deploy…');
    await page.getByRole('dialog').getByRole('button', { name: 'Deploy' }).click();
    await page.waitForURL(/\/deployments\/[0-9a-f-]{36}$/);
  };

  it('shows a run live, without loading the page again: its host, its output, its tasks and its history', async () => {
    await deploy('test/slow', 2);
    await host('Running').waitFor();
    await page.getByRole('log').getByText('TASK [Sleep for the first time]').waitFor();
    await page.getByText('Succeeded').first().waitFor({ timeout: 60_000 });
    await host('OK').waitFor();
    await page.getByRole('log').getByText('ok: [This machine]').first().waitFor();
    await page.getByRole('link', { name: 'Tasks' }).click();
    await page
      .getByRole('grid', { name: 'Hosts and tasks' })
      .getByRole('rowheader', { name: 'This machine' })
      .waitFor();
    await page.getByRole('link', { name: 'History' }).click();
    const temporal = page.getByRole('link', { name: 'Open in Temporal' });
    expect(await temporal.getAttribute('href')).toMatch(/^\/temporal\//);
  }, 180_000);

  it('cancels a run after asking once', async () => {
    await deploy('test/slow', 120);
    await host('Running').waitFor();
    await press('Cancel');
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the deployment' }).click();
    await page.getByText('Cancelled').first().waitFor({ timeout: 60_000 });
    await host('Unknown').waitFor();
  }, 180_000);

  it('goes on where it was when the api was away', async () => {
    await deploy('test/slow', 4);
    await page.getByRole('log').getByText('TASK [Sleep for the first time]').waitFor({ timeout: 60_000 });
    await admiral.killPart('api');
    await page.getByText('Succeeded').first().waitFor({ timeout: 90_000 });
    await page.getByRole('log').getByText('PLAY RECAP').waitFor({ timeout: 30_000 });
    const text = await page.getByRole('log').textContent();
    expect(text?.match(/TASK \[Sleep for the second time\]/g)).toHaveLength(1);
    expect(text).toContain('PLAY RECAP');
  }, 240_000);

  it('ends all sessions at once', async () => {
    await open('/');
    await press(/^Account of/);
    await page.getByRole('menuitem', { name: 'Sign out everywhere' }).click();
    await heading('Sign in');
    await open('/servers');
    expect(new URL(page.url()).pathname).toBe('/sign-in');
  }, 120_000);

  it('complained of nothing on the way', () => {
    expect(complaints.filter((text) => !/WebSocket|ERR_|Failed to fetch/.test(text))).toEqual([]);
  });
});
