import type { MenuItemConstructorOptions } from 'electron';
import type { Events } from '../contract/contract.ts';
import type { MenuWords } from './menu-words.ts';

type Wanted = Events['screen-wanted'];

export interface MenuOptions {
  readonly words: MenuWords;
  readonly isMac: boolean;
  /** Cases that were worked on last, the newest first. */
  readonly recent: readonly { readonly id: string; readonly name: string }[];
  readonly want: (wanted: Wanted) => void;
}

/** The menu, with its shortcuts, as Electron takes it. */
export function menuTemplate({
  words,
  isMac,
  recent,
  want,
}: MenuOptions): MenuItemConstructorOptions[] {
  const show = (
    screen: Wanted['screen'],
    accelerator?: string,
  ): Partial<MenuItemConstructorOptions> => ({
    ...(accelerator === undefined ? {} : { accelerator }),
    click: () => {
      want({ screen, case: null });
    },
  });
  const settings: MenuItemConstructorOptions = {
    label: words.settings,
    ...show('settings', 'CmdOrCtrl+,'),
  };
  return [
    ...(isMac
      ? [
          {
            role: 'appMenu',
            submenu: [
              { role: 'about' },
              { type: 'separator' },
              settings,
              { type: 'separator' },
              { role: 'hide' },
              { role: 'quit' },
            ],
          } satisfies MenuItemConstructorOptions,
        ]
      : []),
    {
      label: words.file,
      submenu: [
        { label: words.newRequest, ...show('new', 'CmdOrCtrl+N') },
        { label: words.sample, ...show('sample') },
        {
          label: words.recent,
          enabled: recent.length > 0,
          submenu: recent.map(({ id, name }) => ({
            label: withoutMnemonics(name),
            click: () => {
              want({ screen: 'case', case: id });
            },
          })),
        },
        { type: 'separator' },
        ...(isMac ? [] : [settings, { role: 'quit', label: words.quit } as const]),
      ],
    },
    {
      label: words.edit,
      submenu: [
        { role: 'undo', label: words.undo },
        { role: 'redo', label: words.redo },
        { type: 'separator' },
        { role: 'cut', label: words.cut },
        { role: 'copy', label: words.copy },
        { role: 'paste', label: words.paste },
        { role: 'selectAll', label: words.selectAll },
      ],
    },
    {
      label: words.view,
      submenu: [
        { label: words.requests, ...show('start', 'CmdOrCtrl+1') },
        { label: words.ledger, ...show('ledger', 'CmdOrCtrl+2') },
        { type: 'separator' },
        { role: 'zoomIn', label: words.zoomIn },
        { role: 'zoomOut', label: words.zoomOut },
        { role: 'resetZoom', label: words.resetZoom },
        { type: 'separator' },
        { role: 'togglefullscreen', label: words.fullScreen },
      ],
    },
  ];
}

/** An ampersand in a label underlines the letter after it; two of them are one. */
function withoutMnemonics(name: string): string {
  return name.replaceAll('&', '&&').slice(0, 80);
}
