import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { Bridge } from '../contract/call.ts';
import { channels } from '../main/channels.ts';

/** The bridge between the window and the app: all that the page gets of Electron, and nothing of Node. */
const bridge: Bridge = {
  ask: (request) => ipcRenderer.invoke(channels.ask, request),
  listen: (listener) => {
    ipcRenderer.on(channels.tell, (_event, note: unknown) => {
      listener(note);
    });
  },
  // The window is closed with the app.
  whenLost: () => undefined,
  pathOf: (dropped) => {
    if (!(dropped instanceof File)) return null;
    const path = webUtils.getPathForFile(dropped);
    return path === '' ? null : path;
  },
};

contextBridge.exposeInMainWorld('lethe', bridge);
