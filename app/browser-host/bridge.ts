import type { Bridge, Request } from '../contract/call.ts';

/**
 * The bridge between page and app in a browser: it runs in the page, before the renderer, which itself knows no network.
 */

const address = new URL(import.meta.url);
address.protocol = 'ws:';
address.pathname = '/bridge';

const waiting = new Map<number, (answer: unknown) => void>();
const listeners: ((note: unknown) => void)[] = [];
const lostListeners: (() => void)[] = [];

const socket = new WebSocket(address);
const opened = new Promise<void>((resolve) => {
  socket.addEventListener('open', () => {
    resolve();
  });
});
socket.addEventListener('message', ({ data }) => {
  const message: unknown = JSON.parse(String(data));
  const id = idOf(message);
  if (id === null) for (const listener of listeners) listener(message);
  else {
    waiting.get(id)?.(message);
    waiting.delete(id);
  }
});
socket.addEventListener('close', () => {
  for (const listener of lostListeners) listener();
});

const bridge: Bridge = {
  ask: async (request: Request) => {
    await opened;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    waiting.set(request.id, resolve);
    socket.send(JSON.stringify(request));
    return promise;
  },
  listen: (listener) => {
    listeners.push(listener);
  },
  whenLost: (listener) => {
    lostListeners.push(listener);
  },
  // A browser gives a page the content of what is dropped on it, and never its place.
  pathOf: () => null,
};

Object.defineProperty(globalThis, 'lethe', { value: Object.freeze(bridge) });

/** Of an answer; a note has none. What is in either, the renderer checks. */
function idOf(message: unknown): number | null {
  if (typeof message !== 'object' || message === null || !('id' in message)) return null;
  return typeof message.id === 'number' ? message.id : null;
}
