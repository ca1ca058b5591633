import { app, session, type WebContents } from 'electron';
import { rendererFiles } from './renderer-files.ts';

/** What the page in the window may do: draw itself from its own files, talk with the app, and nothing else. */

export const origin = 'app://lethe';

/** Before Electron is ready. */
export function forbidEverythingElse(): void {
  app.enableSandbox();
  // Every name resolves to nothing, also for what Chromium would ask for on its own account.
  app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND');
  app.commandLine.appendSwitch('disable-background-networking');
  app.on('web-contents-created', (_event, contents) => {
    forbidLeaving(contents);
  });
}

/** Once Electron is ready. @param rendererFolder the built renderer */
export function serveOwnFiles(rendererFolder: string): void {
  const respond = rendererFiles(rendererFolder);
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
  defaultSession.setSpellCheckerEnabled(false);
  defaultSession.on('will-download', (event) => {
    event.preventDefault();
  });
}

function forbidLeaving(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  const prevent = (event: { preventDefault: () => void }): void => {
    event.preventDefault();
  };
  contents
    .on('will-navigate', prevent)
    .on('will-frame-navigate', prevent)
    .on('will-redirect', prevent)
    .on('will-attach-webview', prevent);
}
