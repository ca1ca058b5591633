import { openCases } from '../../app/cases/cases.ts';
import { confirm, heading, next } from './officer.ts';
import { look } from './screens.ts';
import { expect, lacksChromium, noChromium, test } from './with-lethe.ts';

test.skip(lacksChromium(), noChromium);

test('refuses a request with a reason, takes it up again, and ends it as withdrawn', async ({
  page,
  folder,
  start,
  complaints,
}) => {
  const lethe = start();
  await page.goto(await lethe.address);
  await page.getByRole('button', { name: 'New request' }).click();
  const end = page.getByRole('button', { name: 'End without erasing…' });
  await expect(end).toBeHidden();
  await page.getByLabel('Reference', { exact: true }).fill('2026-0115');
  await next(page);
  await expect(heading(page)).toHaveText('Which model should forget?');
  await page.getByRole('button', { name: 'Request', exact: true }).click();
  await page.getByLabel('Pseudonymous reference').fill('Visitor 9');

  await end.click();
  const sure = page.getByRole('dialog').getByRole('button', { name: 'End the request' });
  await expect(sure).toBeDisabled();
  await page.getByLabel('It is refused').check();
  await expect(sure).toBeDisabled();
  await page.getByRole('textbox', { name: 'Reason' }).fill('The person cannot be identified.');
  await look(page, 'request-ending');
  await sure.click();
  await expect(page.getByText('This request was refused on')).toBeVisible();
  await expect(page.getByText('The person cannot be identified.')).toBeVisible();
  await expect(page.getByLabel('Pseudonymous reference')).toHaveValue('Visitor 9');
  await expect(page.getByLabel('Pseudonymous reference')).toBeDisabled();
  await expect(page.getByRole('button', { name: 'Model' })).toBeDisabled();
  await look(page, 'request-ended');

  await next(page, 'All requests');
  await page.getByText('Closed (1)').click();
  await page.getByRole('button', { name: /2026-0115.*Refused/ }).click();
  await next(page, 'Take it up again');
  await expect(page.getByLabel('Pseudonymous reference')).toBeEnabled();
  await end.click();
  await page.getByLabel('It was withdrawn').check();
  await page.getByRole('textbox', { name: 'Reason' }).fill('');
  await confirm(page, 'End the request');
  await expect(page.getByText('This request was withdrawn on')).toBeVisible();
  await expect(heading(page)).toHaveText('What was asked?');
  expect(complaints).toEqual([]);

  await lethe.stop();
  const cases = openCases(folder, '0.1.0');
  const kinds = cases.ledger.page({ case: '2026-0001', count: 50 }).map(({ entry }) => entry.kind);
  expect(kinds.toReversed()).toEqual([
    'case-opened',
    'case-changed',
    'case-closed',
    'case-reopened',
    'case-closed',
  ]);
  cases.close();
});
