import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { until } from '../support/until.ts';
import { hydrated, openBrowser, openContext, watchComplaints } from './fixture/browser.ts';
import type { Scenario } from './fixture/fixture-api.ts';
import { startFixtureSite, type FixtureSite } from './fixture/fixture-site.ts';
import { idOf } from './fixture/ids.ts';

let site: FixtureSite;
let browser: Browser;
beforeAll(async () => {
  [site, browser] = await Promise.all([startFixtureSite(), openBrowser()]);
}, 120_000);
afterAll(async () => {
  await browser.close();
  await site.close();
});

async function open(path: string, scenario: Scenario | null = 'full', width = 1440): Promise<Page> {
  const context = await openContext(browser, site.url, scenario, { width });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(site.url + path, { waitUntil: 'load' });
  await hydrated(page);
  return page;
}

const run = (n: number, query = '') => `/deployments/${idOf('deployment', n)}${query}`;

describe('using the dashboard', () => {
  it('signs in, and never leads to another site', async () => {
    for (const [next, path] of [
      ['/deployments?state=failed', '/deployments?state=failed'],
      ['//elsewhere.example/x', '/'],
      ['/\\elsewhere.example', '/'],
      ['https://elsewhere.example', '/'],
    ] as const) {
      const page = await open(`/sign-in?next=${encodeURIComponent(next)}`, null);
      await page.getByLabel('E-mail').fill('full@example.com');
      await page.getByLabel('Password').fill('correct horse battery');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('navigation', { name: 'Main' }).waitFor();
      expect(page.url()).toBe(site.url + path);
    }
  }, 90_000);

  it('reaches a server by keyboard alone', async () => {
    const page = await open('/');
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('Page, server or action').waitFor();
    await page.keyboard.type('db-prim');
    await page.getByRole('option', { name: /db-primary/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'db-primary' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
  }, 60_000);

  it('skips to the content with the first key', async () => {
    const page = await open('/servers');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content');
  }, 60_000);

  it('keeps the chosen theme, also in what the server renders', async () => {
    const page = await open('/');
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('menuitemradio', { name: 'Dark' }).click();
    await page.reload();
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(13, 15, 19)');
  }, 60_000);

  it('keeps filters in the address', async () => {
    const page = await open('/servers');
    await page.getByRole('searchbox', { name: /Search name/ }).fill('db-');
    await page.waitForURL(/search=db-/);
    await page.getByRole('row').nth(2).waitFor();
    expect(await page.getByRole('row').count()).toBe(3);
    await page.getByRole('combobox', { name: 'State' }).selectOption('offline');
    await page.getByText('No server matches').waitFor();
  }, 60_000);

  it('says why something cannot be done', async () => {
    const page = await open('/servers', 'viewer');
    const add = page.getByRole('button', { name: 'Add server' });
    expect(await add.getAttribute('aria-disabled')).toBe('true');
    await add.focus();
    await page.getByRole('tooltip', { name: /role \(viewer\)/ }).waitFor();
    expect(await page.getByRole('link', { name: 'Audit' }).count()).toBe(0);
  }, 60_000);

  it('asks for a word before production, and shows which servers are meant', async () => {
    const page = await open(`/deployments/new?server=${idOf('server', 1)}&server=${idOf('server', 16)}`);
    await page.getByRole('button', { name: 'Deploy…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('list', { name: 'Affected servers' }).getByText('web-01').waitFor();
    const start = dialog.getByRole('button', { name: 'Deploy' });
    expect(await start.getAttribute('aria-disabled')).toBe('true');
    await dialog.getByLabel(/Type/).fill('production');
    await start.click();
    await page.waitForURL(/\/deployments\/eeeeeeee/);
    const order = site.api.changes.findLast((change) => change.path === '/deployments');
    expect(order?.body).toMatchObject({
      serverIds: [idOf('server', 1), idOf('server', 16)],
      variables: { interval: '15s', install_exporters: false, buffer_hours: 48 },
    });
  }, 60_000);

  it('shows what the api says about a field at that field', async () => {
    const page = await open(`/deployments/new?server=${idOf('server', 16)}`);
    await page.getByRole('textbox', { name: 'Name' }).fill('refused');
    await page.getByRole('button', { name: 'Deploy…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Deploy' }).click();
    await page.getByRole('alert').waitFor();
    expect(await page.getByLabel('Interval').getAttribute('aria-invalid')).toBe('true');
  }, 60_000);

  it('shows hostile output as the text it is', async () => {
    const page = await open(run(1, '?view=output'));
    const log = page.getByRole('log');
    await log.getByText('a link end').waitFor();
    expect(await page.evaluate(() => 'owned' in window)).toBe(false);
    expect(await log.locator('a, script').count()).toBe(0);
    await page.getByRole('searchbox', { name: 'Search the output' }).fill('<script>');
    await log.locator('mark').first().waitFor();
  }, 60_000);

  it('stays light with a thousand hosts', async () => {
    const page = await open(run(7, '?view=tasks'));
    const grid = page.getByRole('grid');
    await grid.getByRole('gridcell').first().waitFor();
    expect(await grid.getAttribute('aria-rowcount')).toBe('1001');
    expect(await page.locator('*').count()).toBeLessThan(4_000);
    await grid.focus();
    await page.keyboard.press('Control+End');
    await grid.getByRole('rowheader', { name: 'host-1000' }).waitFor();
    await page.getByRole('combobox', { name: 'State of hosts' }).selectOption('unreachable');
    await page.getByRole('list', { name: 'Hosts' }).getByText('Unreachable').first().waitFor();
  }, 90_000);

  it('moves the one cursor of all charts by arrow keys', async () => {
    const page = await open(`/servers/${idOf('server', 1)}`);
    const cpu = page.getByRole('slider', { name: /^CPU/ });
    await cpu.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    expect(await cpu.getAttribute('aria-valuetext')).toMatch(/UTC: in use \d/);
    const memory = page.getByRole('slider', { name: /^Memory/ });
    expect(await memory.getAttribute('aria-valuenow')).toBe('1');
    await page.getByRole('region', { name: 'CPU', exact: true }).getByRole('button', { name: 'Table' }).click();
    await page.getByRole('region', { name: 'Table of CPU' }).getByText('no data').first().waitFor();
  }, 60_000);
});

describe('the live line', () => {
  it('adds what it brings, and fills what it left out', async () => {
    const page = await open(run(8));
    const room = `deployment:${idOf('deployment', 8)}`;
    await until('the page is in the room', () => site.api.io.sockets.adapter.rooms.has(room));
    const chunk = (sequence: number, text: string) => ({ sequence, at: new Date().toISOString(), chunk: text });
    const send = (output: ReturnType<typeof chunk>[]) =>
      site.api.io.to(room).emit('deployment:update', { deploymentId: idOf('deployment', 8), output });
    send([chunk(1, 'first line\n')]);
    const log = page.getByRole('log');
    await log.getByText('first line').waitFor();
    send([chunk(1, 'first line\n'), chunk(2, 'second line\n')]);
    await log.getByText('second line').waitFor();
    expect((await log.textContent())?.match(/first line/g)).toHaveLength(1);
  }, 60_000);

  it('says that it is down, and how old the page is; then goes on', async () => {
    const page = await open('/servers');
    const complaints = watchComplaints(page);
    await page.getByRole('button', { name: /Live updates: Live/ }).waitFor();
    const refuse = (_socket: unknown, next: (error?: Error) => void) => {
      next(refusing ? new Error('not now') : undefined);
    };
    let refusing = true;
    site.api.io.use(refuse);
    site.api.io.disconnectSockets(true);
    await page.getByText('The live line is down.').waitFor({ timeout: 30_000 });
    refusing = false;
    await page.getByRole('button', { name: /Live updates: Live/ }).waitFor({ timeout: 30_000 });
    expect(await page.getByText('The live line is down.').count()).toBe(0);
    expect(complaints.filter((text) => !text.includes('WebSocket'))).toEqual([]);
  }, 120_000);
});
