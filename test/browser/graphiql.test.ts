import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'graphql';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startDemo } from '../../src/demo.ts';
import type { RunningGateway } from '../../src/main.ts';
import { ask, startWorld } from '../support/world.ts';

/** What a person gets who opens the gateway in a browser. SCREENSHOT=<file> takes the README's picture. */

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
];
const OPERATIONS = new URL('../../schema/operations/', import.meta.url);

let browser: Browser;
let demo: RunningGateway;
beforeAll(async () => {
  if (!existsSync(CHROMIUM))
    throw new Error(
      `There is no browser at ${CHROMIUM}: install Chromium (Debian: apt-get install chromium), or set CHROMIUM`,
    );
  browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  demo = await startDemo({ PORT: '0' }, () => undefined);
});
afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

/** What went wrong on a page, and whatever it asked of anybody but the gateway. */
const complaints: string[] = [];
afterEach(() => expect(complaints.splice(0)).toEqual([]));

/** A fresh visitor: nothing stored from before. */
async function visit(url: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1500, height: 1020 } });
  const own = [new URL(url).origin, `blob:${new URL(url).origin}`, 'data:'];
  page.on('request', (request) => {
    if (!own.some((start) => request.url().startsWith(start))) complaints.push(`asked ${request.url()}`);
  });
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => void complaints.push(`error: ${error.message}`));
  await page.goto(url);
  return page;
}

const answer = (page: Page) => page.locator('.result-window');
const tool = (page: Page, name: 'Variables' | 'Headers') => page.locator(`section[aria-label="${name}"]`);

async function run(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Execute query/ }).click();
}

async function lookUpCustomer(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
  const type = (name: string) => page.locator('.graphiql-doc-explorer-type-name').getByText(name, { exact: true });
  await type('Query').click();
  await type('Customer').first().click();
  await page.getByText('A person or business, once, whichever providers hold a record of it').waitFor();
}

it('opens with the sample operations in its tabs, runs one by its button, and shows the answer', async () => {
  const page = await visit(demo.url);
  expect(await page.title()).toBe('Clientele');
  const names = readdirSync(OPERATIONS)
    .sort()
    .map((file) => {
      const [first] = parse(readFileSync(new URL(file, OPERATIONS), 'utf8')).definitions;
      return first && 'name' in first ? first.name?.value : undefined;
    });
  const tabs = page.getByRole('tab');
  await tabs.first().waitFor();
  expect(await tabs.allInnerTexts()).toEqual(names);
  await tool(page, 'Variables').getByText('"OCTOBAT"').waitFor();

  await run(page);
  await answer(page).getByText('"Octobat Inc."').first().waitFor();
  if (process.env.SCREENSHOT) {
    // The editors' scroll bars fade.
    await page.waitForTimeout(2_000);
    await page.screenshot({ path: process.env.SCREENSHOT });
  }

  await tabs.nth(1).click();
  // GraphiQL takes in what a tab holds a moment after showing it, and stores it a moment later.
  await page.waitForTimeout(1_000);
  await run(page);
  await answer(page).getByText('"verification"').first().waitFor();

  // Who comes back finds the tab that was left, not one more.
  await page.reload();
  await tabs.first().waitFor();
  expect(await tabs.allInnerTexts()).toEqual(names);
  expect(await page.getByRole('tab', { selected: true }).innerText()).toBe(names[1]);
  await page.close();
});

it('runs a subscription: shows each event as it comes, until it is stopped', async () => {
  const page = await visit(demo.url);
  await page.getByRole('tab', { name: 'CustomerChanges' }).click();
  await page.waitForTimeout(1_000);
  const started = page.waitForResponse(
    (response) => response.headers()['content-type']?.startsWith('text/event-stream') ?? false,
  );
  await run(page);
  await started;
  const create = (companyName: string) =>
    ask(
      demo.url,
      'mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { customer { id } errors { message } } }',
      { input: { providers: ['CYCLE_SOFTWARE'], companyName } },
    );
  await create('Analytical Engines');
  await answer(page).getByText('"CREATED"').waitFor();
  await answer(page).getByText('"Analytical Engines"').waitFor();
  await create('Difference Engines');
  await answer(page).getByText('"Difference Engines"').waitFor();
  if (process.env.SCREENSHOT) await page.screenshot({ path: `${process.env.SCREENSHOT}.subscription.png` });
  const subscribers = async () =>
    /^clientele_subscribers (\d+)$/m.exec(await (await fetch(new URL('/metrics', demo.url))).text())?.[1];
  expect(await subscribers()).toBe('1');
  await page.getByRole('button', { name: /^Stop query/ }).click();
  while ((await subscribers()) !== '0');
  await page.close();
});

it('tells what there is in its documentation', async () => {
  const page = await visit(demo.url);
  await lookUpCustomer(page);
  await page.close();
});

it('takes a key in the headers editor where callers need one, and keeps it nowhere', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'clientele-browser-'));
  const key = 'key-of-a-browser-test';
  const sha256 = createHash('sha256').update(key).digest('hex');
  const file = join(folder, 'keys.json');
  writeFileSync(file, JSON.stringify([{ name: 'browser', sha256, scopes: ['customers:read'] }]));
  const settings = { AUTH: 'required', API_KEYS_FILE: file, GRAPHIQL: 'on', INTROSPECTION: 'on' };
  const world = await startWorld({ environment: settings });
  const page = await visit(world.gateway.url);
  const editor = tool(page, 'Headers');
  await editor.getByText('Bearer <key>').waitFor();
  await run(page);
  await answer(page).getByText('UNAUTHENTICATED').first().waitFor();

  await editor.click();
  for (const press of ['ArrowUp', 'End', 'ArrowLeft', ...Array(5).fill('Backspace')]) await page.keyboard.press(press);
  await page.keyboard.insertText(key);
  await run(page);
  await answer(page).getByText('"Octobat Inc."').first().waitFor();
  await page.getByRole('button', { name: 'Re-fetch GraphQL schema' }).click();
  await lookUpCustomer(page);
  expect(await page.evaluate(() => JSON.stringify({ ...localStorage }) + location.href)).not.toContain(key);
  // The refusals, on purpose: asking for the schema without a key, and the operation.
  for (const complaint of complaints.splice(0)) expect(complaint).toContain('401');
  await page.close();
  await world.close();
  rmSync(folder, { recursive: true });
});

it('is framed by no other page', async () => {
  const page = await browser.newPage();
  const refusal = page.waitForEvent('console', { predicate: (message) => message.text().includes('frame-ancestors') });
  await page.setContent(`<iframe src="${demo.url}"></iframe>`);
  await refusal;
  await page.close();
});
