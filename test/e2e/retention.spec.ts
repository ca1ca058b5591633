import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCases } from '../../app/cases/cases.ts';
import { emptyDetails } from '../../app/contract/cases.ts';
import { look } from './screens.ts';
import { expect, lacksChromium, noChromium, test, writeCases } from './with-lethe.ts';

test.skip(lacksChromium(), noChromium);

test('destroys the names of a request whose retention is over, and of no other', async ({
  page,
  folder,
  start,
  complaints,
}) => {
  const cases = openCases(folder, '0.1.0', { clock: () => new Date('2023-05-02T10:00:00Z') });
  const id = cases.open({ ...emptyDetails, request: '2023-0007', subject: 'Visitor 12' });
  cases.closeCase(id, 'refused', 'The person cannot be identified.');
  cases.close();
  writeCases(folder, [{ request: '2026-0114' }]);
  const run = join(folder, 'erased', `${id}-1`);
  mkdirSync(run, { recursive: true });
  for (const name of ['certificate-1.json', 'certificate-1-without-names.json'])
    writeFileSync(join(run, name), '{}');

  await page.goto(await start().address);
  const notice = page.getByText('The names of 2023-0007 are kept for longer than was meant.');
  await expect(notice).toBeVisible();
  await look(page, 'start-retention-over');
  await page.getByRole('button', { name: 'Destroy the names…' }).click();
  await expect(page.getByRole('dialog')).toContainText('there is no way back');
  await look(page, 'start-destroying-names');
  await page.getByRole('dialog').getByRole('button', { name: 'Destroy the names' }).click();
  await expect(notice).toBeHidden();
  await page.getByText('Closed (1)').click();
  await expect(page.getByText('2023-0007')).toBeHidden();
  await expect(page.getByText('2026-0114')).toBeVisible();
  expect(existsSync(join(folder, 'cases', `${id}.case`))).toBe(false);
  expect(readdirSync(run)).toEqual(['certificate-1-without-names.json']);
  expect(complaints).toEqual([]);
});
