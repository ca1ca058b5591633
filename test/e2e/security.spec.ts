import { cpSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { expect, goTo, lacksChromium, noChromium, test, writeCases } from './with-lethe.ts';
import { sampleModel, samplePictures } from '../sample.ts';

/* What the browser host refuses, and what names can do in its page. */

/** Answers of the host to whoever asks it over plain HTTP. */
function ask(
  address: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; cookie: string; text: string }> {
  return new Promise((resolve, reject) => {
    request(address, { headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const [cookie = ''] = response.headers['set-cookie'] ?? [];
        resolve({
          status: response.statusCode ?? 0,
          cookie: cookie.split(';')[0] ?? '',
          text: Buffer.concat(chunks).toString(),
        });
      });
    })
      .on('error', reject)
      .end();
  });
}

/** Whether the host takes a conversation from a page of this origin. */
function converses(origin: string, from: string, cookie: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/bridge`, {
      headers: { origin: from, cookie },
    });
    socket.on('open', () => {
      socket.close();
      resolve(true);
    });
    socket.on('error', () => {
      resolve(false);
    });
  });
}

test('opens with its address once, and with no other token', async ({ start }) => {
  const address = await start().address;
  const { origin } = new URL(address);
  expect((await ask(`${origin}/enter?token=${'A'.repeat(43)}`)).status).toBe(403);
  expect((await ask(`${origin}/enter`)).status).toBe(403);
  const entered = await ask(address);
  expect(entered.status).toBe(303);
  const again = await ask(address);
  expect(again.status).toBe(403);
  expect(again.text).toContain('This address was used before');
  expect(again.cookie).toBe('');
  expect((await ask(`${origin}/`, { cookie: entered.cookie })).status).toBe(200);
});

test('gives a new address, and takes the one before it back', async ({ start }) => {
  const lethe = start();
  const first = await lethe.address;
  const second = await lethe.newAddress();
  expect((await ask(first)).status).toBe(403);
  expect((await ask(second)).status).toBe(303);
});

test('answers nobody without its session, and no other host name', async ({ start }) => {
  const address = await start().address;
  const { origin, port } = new URL(address);
  const { cookie } = await ask(address);
  expect((await ask(`${origin}/`)).status).toBe(403);
  for (const host of [`elsewhere.test:${port}`, `localhost:${port}`, '127.0.0.1']) {
    expect((await ask(`${origin}/`, { cookie, host })).status, host).toBe(403);
  }
});

test('talks with its own page only', async ({ start }) => {
  const address = await start().address;
  const { origin } = new URL(address);
  const { cookie } = await ask(address);
  expect(await converses(origin, origin, cookie)).toBe(true);
  expect(await converses(origin, origin, '')).toBe(false);
  for (const foreign of ['https://elsewhere.test', 'http://127.0.0.1', 'null']) {
    expect(await converses(origin, foreign, cookie), foreign).toBe(false);
  }
});

test('refuses the page of another site in the very same browser', async ({ page, start }) => {
  test.skip(lacksChromium(), noChromium);
  const address = await start().address;
  await page.goto(address);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const other = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>x</title>');
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const listening = other.address();
  if (listening === null || typeof listening === 'string') throw new Error('TCP was asked for');
  await page.goto(`http://127.0.0.1:${String(listening.port)}/`);
  const { origin, host } = new URL(address);
  const outcomes = await page.evaluate(
    `Promise.all([
      new Promise((resolve) => {
        const socket = new WebSocket('ws://${host}/bridge');
        socket.onopen = () => resolve('opened');
        socket.onerror = () => resolve('refused');
      }),
      fetch('${origin}/', { credentials: 'include' }).then(() => 'read', () => 'refused'),
    ])`,
  );
  expect(outcomes).toEqual(['refused', 'refused']);
  await new Promise((resolve) => other.close(resolve));
});

test('refuses a second Lethe on the same folder with a sentence', async ({ start }) => {
  await start().address;
  const second = start();
  expect(await second.ended()).toBe(2);
  expect(second.complaints).toBe(
    'Another Lethe is at work on this ledger already. Use that one, or close it and start Lethe again.\n',
  );
});

/** The engine starts, and has the model look at hundreds of pictures. */
const engine = { timeout: 150_000 };

/** Names of classes: as folders may be called. */
const classPayloads = [
  '<img src=x onerror=alert(1)>',
  '\u202eedoc.exe\u202c',
  '=cmd|calc!A1',
  '👩🏽‍🔬🧪',
  `${'Ab'.repeat(40)} ${'long '.repeat(20)}`.trim(),
];
const textPayloads = [...classPayloads, '"><script>alert(1)</script>', 'x'.repeat(10_000)];

test('shows names that would be code, and does nothing else with them', async ({
  page,
  folder,
  start,
  complaints,
}) => {
  test.skip(lacksChromium(), noChromium);
  const [model, data] = [join(folder, 'model'), join(folder, 'pictures')];
  cpSync(sampleModel, model, { recursive: true });
  cpSync(samplePictures, data, { recursive: true });
  const topology = join(model, 'model.json');
  let text = readFileSync(topology, 'utf8');
  const renamed = ['Amara O', 'Benno K', 'Chiara L', 'Dev P', 'Elif T'];
  for (const [place, payload] of classPayloads.entries()) {
    const name = renamed[place] ?? '';
    text = text.replace(JSON.stringify(name), JSON.stringify(payload));
    for (const split of ['train', 'test']) {
      renameSync(join(data, split, name), join(data, split, payload));
    }
  }
  writeFileSync(topology, text);
  writeCases(
    folder,
    textPayloads.map((payload) => ({
      request: payload,
      subject: payload,
      controller: payload,
      officer: payload,
      ground: payload,
      notes: payload,
      received: '2026-11-03',
      law: 'gdpr' as const,
      model,
      data,
      forget: [...classPayloads.slice(0, 3)],
    })),
  );

  await page.goto(await start().address);
  for (const payload of textPayloads.slice(0, 3)) {
    await expect(page.getByText(payload, { exact: false }).first()).toBeVisible();
  }
  await goTo(page, 'Ledger');
  await expect(page.locator('ol summary').filter({ hasText: 'Request opened' })).toHaveCount(7);
  await goTo(page, 'Requests');
  await page.getByRole('main').getByRole('button').filter({ hasText: '<img' }).first().click();
  const steps = page.getByRole('navigation', { name: 'Main' });
  for (const step of ['Request', 'Model', 'Data']) {
    await steps.getByRole('button', { name: step }).last().click();
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  }
  await expect(page.getByText('The model recognises').first()).toBeVisible(engine);
  await steps.getByRole('button', { name: 'Classes' }).click();
  for (const payload of classPayloads) {
    await expect(page.getByText(payload).first()).toBeAttached();
  }
  expect(
    await page.evaluate(`document.querySelectorAll('main img[onerror], main script').length`),
  ).toBe(0);
  expect(complaints).toEqual([]);
});
