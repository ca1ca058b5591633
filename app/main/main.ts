import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  protocol,
  safeStorage,
  shell,
  type OpenDialogOptions,
} from 'electron';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };
import { ProblemError, toProblem } from '../../engine/protocol/problem.ts';
import type { Note } from '../contract/call.ts';
import { calls, type Contract, type Events } from '../contract/contract.ts';
import { Dispatcher } from '../contract/dispatcher.ts';
import type { Choosing } from '../contract/paths.ts';
import { passphraseProtection, systemProtection } from '../ledger/key-protection.ts';
import type { KeyProtection } from '../ledger/key-protection.ts';
import { dataFolder } from '../services/data-folder.ts';
import { Services, type ServicesOptions } from '../services/services.ts';
import { channels } from './channels.ts';
import { menuTemplate } from './menu.ts';
import { menuWords } from './menu-words.ts';
import { forbidEverythingElse, origin, serveOwnFiles } from './policy.ts';

/** Lethe in a window of its own. */

// Relative to the bundle, dist/main/main.js.
const built = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const withoutGraphicsCard = '--without-graphics-card';

if (process.argv.includes(withoutGraphicsCard)) app.disableHardwareAcceleration();
forbidEverythingElse();
protocol.registerSchemesAsPrivileged([
  { scheme: 'app', privileges: { standard: true, secure: true } },
]);
if (app.requestSingleInstanceLock()) {
  // Not awaited: Electron is ready only once this module has been evaluated.
  app
    .whenReady()
    .then(start)
    .catch((failure: unknown) => {
      const { sentence, detail } = toProblem(failure);
      dialog.showErrorBox('Lethe', `${sentence}\n\n${detail}`.trim());
      app.exit(1);
    });
} else {
  app.quit();
}

async function start(): Promise<void> {
  serveOwnFiles(built('renderer'));
  const window = makeWindow();
  const services = new Services({
    folder: dataFolder(),
    version: manifest.version,
    protection: protection(),
    host: {
      kind: 'window',
      choosePath: (what) => choosePath(window, what),
      showDocument,
      tell: (note) => {
        // A run that is stopped by closing the window ends after it.
        if (window.isDestroyed()) return;
        window.webContents.send(channels.tell, note satisfies Note);
        if (note.event === 'cases-changed') setMenu();
      },
      settingsChanged: () => {
        setMenu();
      },
    },
    ...packagedParts(),
  });
  const dispatcher = new Dispatcher<Contract>(calls, services.handlers, {
    origin,
    log: (line) => {
      process.stderr.write(`${line}\n`);
    },
  });
  // A frame that is gone, or any other than the page itself, has no origin to ask from.
  ipcMain.handle(channels.ask, ({ senderFrame }, message: unknown) =>
    dispatcher.answer(senderFrame?.parent === null ? senderFrame.origin : 'elsewhere', message),
  );
  setMenu();
  closeWithCare(window, services);
  app.on('second-instance', () => {
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  await window.loadURL(`${origin}/`);

  function setMenu(): void {
    const want = (wanted: Events['screen-wanted']): void => {
      window.webContents.send(channels.tell, { event: 'screen-wanted', content: wanted });
    };
    const template = menuTemplate({
      words: menuWords(services.settings.language, app.getLocale()),
      isMac: process.platform === 'darwin',
      recent: services.recentCases(),
      want,
    });
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  }
}

function makeWindow(): BrowserWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 860,
    minWidth: 480,
    minHeight: 400,
    show: false,
    webPreferences: {
      preload: built('preload/preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      devTools: !app.isPackaged,
    },
  });
  window.once('ready-to-show', () => {
    window.show();
  });
  // Chromium starts its graphics process anew when it dies, but not where it never comes up.
  app.on('child-process-gone', (_event, { type, reason }) => {
    const isHopeless = type === 'GPU' && reason !== 'clean-exit' && !window.isVisible();
    if (!isHopeless || process.argv.includes(withoutGraphicsCard)) return;
    app.relaunch({ args: [...process.argv.slice(1), withoutGraphicsCard] });
    app.exit(0);
  });
  return window;
}

/** Asks before a run is stopped, and lets the ledger say how everything ended before the process does. */
function closeWithCare(window: BrowserWindow, services: Services): void {
  let isSure = false;
  let isClosed = false;
  window.on('close', (event) => {
    if (!services.isAtWork || isSure) return;
    event.preventDefault();
    const words = menuWords(services.settings.language, app.getLocale());
    void dialog
      .showMessageBox(window, {
        type: 'warning',
        message: words.closeTitle,
        detail: words.closeText,
        buttons: [words.keepOpen, words.closeAnyway],
        defaultId: 0,
        cancelId: 0,
      })
      .then(({ response }) => {
        isSure = response === 1;
        if (isSure) window.close();
      });
  });
  app.on('window-all-closed', () => {
    app.quit();
  });
  app.on('will-quit', (event) => {
    if (isClosed) return;
    event.preventDefault();
    void services.close().finally(() => {
      isClosed = true;
      app.quit();
    });
  });
}

async function choosePath(window: BrowserWindow, what: Choosing): Promise<string | null> {
  const options: Record<Choosing, OpenDialogOptions> = {
    // Not every system has a dialog for files and folders at once: a TensorFlow.js model is chosen by its model.json.
    model: {
      properties: ['openFile'],
      filters: [{ name: 'ONNX, TensorFlow.js', extensions: ['onnx', 'json'] }],
    },
    folder: { properties: ['openDirectory', 'createDirectory'] },
    file: { properties: ['openFile'] },
  };
  const { filePaths } = await dialog.showOpenDialog(window, options[what]);
  return filePaths[0] ?? null;
}

/** By the system's viewer. */
async function showDocument(path: string): Promise<null> {
  const failure = await shell.openPath(path);
  if (failure === '') return null;
  throw new ProblemError(
    'no-such-file',
    `This computer has no program that shows PDF files. The document is at ${path}.`,
    failure,
  );
}

/** The account's keychain where there is one, unless a passphrase is given. */
function protection(): KeyProtection | null {
  const passphrase = process.env.LETHE_PASSPHRASE ?? '';
  if (passphrase !== '') return passphraseProtection(passphrase);
  try {
    return systemProtection(safeStorage);
  } catch {
    return null;
  }
}

/** Where what is packaged outside of the archive is; in the project, everything is in its place. */
function packagedParts(): Pick<ServicesOptions, 'engine' | 'sampleFolder'> {
  const node = process.platform === 'win32' ? 'node.exe' : 'node';
  if (!app.isPackaged) {
    const project = fileURLToPath(new URL('../..', import.meta.url));
    return {
      engine: {
        runtime: join(project, 'node_modules/node/bin', node),
        entry: join(project, 'engine/engine.ts'),
      },
      sampleFolder: join(project, 'app/sample'),
    };
  }
  const parts = join(process.resourcesPath, 'app.asar.unpacked');
  return {
    engine: {
      runtime: join(process.resourcesPath, 'runtime', node),
      entry: join(parts, 'engine/engine.ts'),
    },
    sampleFolder: join(parts, 'app/sample'),
  };
}
