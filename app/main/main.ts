import { app, BrowserWindow, protocol, session } from 'electron';
import { fileURLToPath } from 'node:url';
import { rendererFiles } from './renderer-files.ts';

/** The window, and what the renderer in it may do: draw itself from its own files, and nothing else. */

const origin = 'app://lethe';

app.enableSandbox();
// Every name resolves to nothing, also for what Chromium would ask for on its own account.
app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND');
protocol.registerSchemesAsPrivileged([
  { scheme: 'app', privileges: { standard: true, secure: true } },
]);

app.on('web-contents-created', (_event, contents) => {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-navigate', (event) => {
    event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
  });
});

app.on('window-all-closed', () => {
  app.quit();
});

// Not awaited: Electron is ready only once this module has been evaluated.
void app.whenReady().then(async () => {
  forbidAllButOwnFiles();
  const window = new BrowserWindow({
    width: 1280,
    height: 860,
    show: false,
    webPreferences: {
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      spellcheck: false,
    },
  });
  window.once('ready-to-show', () => {
    window.show();
  });
  await window.loadURL(`${origin}/`);
});

function forbidAllButOwnFiles(): void {
  // Relative to the bundle, dist/main/main.js.
  const respond = rendererFiles(fileURLToPath(new URL('../renderer', import.meta.url)));
  const { defaultSession } = session;
  defaultSession.protocol.handle('app', ({ url }) => respond(new URL(url).pathname));
  defaultSession.webRequest.onBeforeRequest(({ url }, answer) => {
    answer({ cancel: !url.startsWith(`${origin}/`) });
  });
  defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => {
    answer(false);
  });
  defaultSession.setPermissionCheckHandler(() => false);
  defaultSession.setDevicePermissionHandler(() => false);
}
