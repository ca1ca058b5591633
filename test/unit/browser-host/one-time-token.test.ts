import { expect, test } from 'vitest';
import { isSameSecret, newSecret, OneTimeToken } from '../../../app/browser-host/one-time-token.ts';

test('opens once', () => {
  const token = new OneTimeToken();
  expect(token.spend(token.secret)).toBe(true);
  expect(token.spend(token.secret)).toBe(false);
});

test('is not spent by a wrong guess', () => {
  const token = new OneTimeToken();
  for (const guess of ['', 'x', token.secret.slice(1), `${token.secret}x`, newSecret()]) {
    expect(token.spend(guess)).toBe(false);
  }
  expect(token.spend(token.secret)).toBe(true);
});

test('makes another secret each time, of 32 bytes', () => {
  const secrets = new Set(Array.from({ length: 100 }, newSecret));
  expect(secrets.size).toBe(100);
  for (const secret of secrets) expect(secret).toMatch(/^[\w-]{43}$/);
});

test('tells secrets of any length apart', () => {
  expect(isSameSecret('', '')).toBe(true);
  expect(isSameSecret('a', 'ab')).toBe(false);
});
