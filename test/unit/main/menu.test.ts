import { expect, test } from 'vitest';
import { menuTemplate, type MenuOptions } from '../../../app/main/menu.ts';
import { menuWords } from '../../../app/main/menu-words.ts';

const options: MenuOptions = {
  words: menuWords('en', 'de-DE'),
  isMac: false,
  recent: [{ id: '2026-0001', name: 'Black & White' }],
  want: () => undefined,
};

type MenuItem = ReturnType<typeof menuTemplate>[number];

/** Every item of a menu, those of its submenus too. */
function itemsOf(template: readonly MenuItem[]): MenuItem[] {
  return template.flatMap((item) => [
    item,
    ...(Array.isArray(item.submenu) ? itemsOf(item.submenu) : []),
  ]);
}

test('leads to the case chosen among the recent ones', () => {
  const wanted: unknown[] = [];
  const template = menuTemplate({ ...options, want: (screen) => wanted.push(screen) });
  const item = itemsOf(template).find(({ label }) => label === 'Black && White');
  Reflect.apply(item?.click ?? (() => undefined), null, []);
  expect(wanted).toEqual([{ screen: 'case', case: '2026-0001' }]);
});

test('gives no shortcut twice', () => {
  for (const isMac of [false, true]) {
    const shortcuts = itemsOf(menuTemplate({ ...options, isMac })).flatMap(
      ({ accelerator }) => accelerator ?? [],
    );
    expect(shortcuts.length).toBeGreaterThan(3);
    expect(new Set(shortcuts).size).toBe(shortcuts.length);
  }
});

test('has settings in the place where each system has them', () => {
  const places = (isMac: boolean): unknown[] =>
    menuTemplate({ ...options, isMac })
      .filter((menu) => itemsOf([menu]).some(({ label }) => label === 'Settings…'))
      .map(({ role, label }) => role ?? label);
  expect(places(true)).toEqual(['appMenu']);
  expect(places(false)).toEqual(['File']);
});

test('speaks the language of the settings, or of the system', () => {
  expect(menuWords('de', 'en-GB').file).toBe('Datei');
  expect(menuWords('system', 'de-AT').file).toBe('Datei');
  expect(menuWords('system', 'fr-FR').file).toBe('File');
});
