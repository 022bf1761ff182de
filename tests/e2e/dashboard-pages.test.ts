import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext } from 'playwright-core';
import { hydrated, openBrowser, openContext, watchComplaints, type View } from './fixture/browser.ts';
import type { Scenario } from './fixture/fixture-api.ts';
import { startFixtureSite, type FixtureSite } from './fixture/fixture-site.ts';
import { idOf } from './fixture/ids.ts';

const server = (n: number, query = '') => `/servers/${idOf('server', n)}${query}`;
const deployment = (n: number, query = '') => `/deployments/${idOf('deployment', n)}${query}`;

/** Every page in the states that matter, and the heading by which it is known. */
const PAGES: readonly (readonly [path: string, scenario: Scenario | null, heading: string])[] = [
  ['/sign-in', null, 'Sign in'],
  ['/sign-in', 'empty', 'Welcome to Admiral'],
  ['/setup?token=t', null, 'Already set up'],
  ['/invite?token=t', null, 'You are invited'],
  ['/', 'full', 'Overview'],
  ['/', 'empty', 'Welcome to Admiral'],
  ['/', 'failing', 'Overview'],
  ['/servers', 'full', 'Servers'],
  ['/servers', 'empty', 'Servers'],
  ['/servers?search=nothing-like-this', 'full', 'Servers'],
  ['/servers', 'failing', 'This page could not be loaded'],
  ['/servers', 'viewer', 'Servers'],
  ['/servers/new', 'full', 'Add a server'],
  ['/servers/new', 'empty', 'Add a server'],
  [server(1), 'full', 'web-01'],
  [server(1, '?cpu=states&range=7d'), 'full', 'web-01'],
  [server(14), 'full', 'git-01'],
  [server(1, '?tab=processes'), 'full', 'web-01'],
  [server(1, '?tab=deployments'), 'full', 'web-01'],
  [server(1, '?tab=facts'), 'full', 'web-01'],
  [server(5, '?tab=connection'), 'full', 'db-replica'],
  [server(14, '?tab=connection'), 'viewer', 'git-01'],
  ['/servers/unknown', 'full', 'Not found'],
  ['/deployments', 'full', 'Deployments'],
  ['/deployments', 'empty', 'Deployments'],
  ['/deployments/new', 'full', 'New deployment'],
  [deployment(1), 'full', 'Deploy the agent to the web tier'],
  [deployment(2), 'full', 'Agent on the database hosts'],
  [deployment(1, `?host=${idOf('server', 3)}`), 'full', 'Deploy the agent to the web tier'],
  [deployment(7, '?view=tasks'), 'full', 'Thousand hosts'],
  [deployment(3, '?view=output'), 'full', 'Deploy the agent everywhere'],
  [deployment(3, '?view=history'), 'full', 'Deploy the agent everywhere'],
  [deployment(3, '?view=details'), 'full', 'Deploy the agent everywhere'],
  [deployment(8), 'full', 'Queued behind a worker'],
  ['/keys', 'full', 'SSH keys'],
  ['/keys', 'empty', 'SSH keys'],
  ['/keys?add=import', 'full', 'Import an SSH key'],
  ['/audit', 'full', 'Audit'],
  ['/settings/people', 'full', 'People'],
  ['/settings/people?invite=1', 'full', 'Invite a person'],
  ['/settings/tokens', 'full', 'API tokens'],
  ['/nowhere', 'full', 'Not found'],
];

let site: FixtureSite;
let browser: Browser;
const contexts = new Map<string, Promise<BrowserContext>>();
beforeAll(async () => {
  [site, browser] = await Promise.all([startFixtureSite(), openBrowser()]);
}, 120_000);
afterAll(async () => {
  await browser.close();
  await site.close();
});

/** One context for each session and view, kept for all pages. */
function contextFor(scenario: Scenario | null, view: View): Promise<BrowserContext> {
  const key = `${scenario ?? ''} ${JSON.stringify(view)}`;
  const context = contexts.get(key) ?? openContext(browser, site.url, scenario, view);
  contexts.set(key, context);
  return context;
}

/** Opens a page and says what is wrong with it. */
async function faultsOf(path: string, scenario: Scenario | null, heading: string, view: View): Promise<string[]> {
  const page = await (await contextFor(scenario, view)).newPage();
  try {
    const complaints = watchComplaints(page);
    await page.goto(site.url + path, { waitUntil: 'load' });
    await page.getByRole('heading', { name: heading, exact: true }).first().waitFor({ timeout: 20_000 });
    await hydrated(page);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
    return [
      ...complaints.map((text) => `console: ${text}`),
      ...(overflow > 0 ? [`scrolls sideways by ${overflow} px`] : []),
      ...violations.map(({ id, nodes }) => `axe ${id}: ${nodes.slice(0, 3).map(describeNode).join(' | ')}`),
    ];
  } finally {
    await page.close();
  }
}

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const describeNode = ({ html, failureSummary }: { html: string; failureSummary?: string }) =>
  `${html.slice(0, 200)} ${failureSummary?.split('\n')[1] ?? ''}`;

describe('every page', () => {
  for (const [path, scenario, heading] of PAGES) {
    // Each theme and each width once: 320 px is where reflow is demanded.
    it(`${path} as ${scenario ?? 'nobody'} is accessible in both themes, reflows, and complains of nothing`, async () => {
      const [wide, narrow] = await Promise.all([
        faultsOf(path, scenario, heading, { theme: 'light', width: 1280 }),
        faultsOf(path, scenario, heading, { theme: 'dark', width: 320 }),
      ]);
      expect({ wide, narrow }).toEqual({ wide: [], narrow: [] });
    }, 120_000);
  }
});
