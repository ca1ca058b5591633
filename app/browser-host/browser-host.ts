import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Answer, Note } from '../contract/call.ts';
import { rendererFiles } from '../main/renderer-files.ts';
import { isSameSecret, newSecret, OneTimeToken } from './one-time-token.ts';

/** What the page says to the app: requests of a few kilobytes. */
const largestMessage = 1 << 20;

/** What a page of this host is served from, and what answers it. */
export interface BrowserHostParts {
  /** The built renderer, with `bridge.js` beside its page. */
  readonly rendererFolder: string;
  /** @param origin of the page that asks. Never throws. */
  readonly answer: (origin: string, message: unknown) => Promise<Answer>;
  /** 0 takes any that is free. */
  readonly port: number;
}

/**
 * Serves the renderer to a browser of this machine and account, and speaks the contract with it over a WebSocket. It
 * listens on 127.0.0.1 alone. An address that opens it holds a token and works once: the token is exchanged for a cookie,
 * without which nothing is answered. Requests that name another host (DNS rebinding) or come from another page are refused.
 */
export class BrowserHost {
  readonly origin: string;
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: largestMessage,
    perMessageDeflate: false,
  });
  readonly #parts: BrowserHostParts;
  readonly #files: (path: string) => Promise<Response>;
  readonly #session = newSecret();
  readonly #cookie: string;
  #token = new OneTimeToken();
  /** PDF files that may be opened, by the name that they were offered under. */
  readonly #documents = new Map<string, string>();

  private constructor(server: Server, parts: BrowserHostParts) {
    const { port } = listeningAt(server);
    this.origin = `http://127.0.0.1:${String(port)}`;
    // Cookies of one host are shared by all its ports.
    this.#cookie = `lethe-${String(port)}`;
    this.#server = server;
    this.#parts = parts;
    this.#files = rendererFiles(parts.rendererFolder, [
      `connect-src ws://127.0.0.1:${String(port)}`,
    ]);
    server.on('request', (request, response) => {
      void this.#respond(request, response);
    });
    server.on('upgrade', (request, socket, head) => {
      this.#upgrade(request, socket, head);
    });
  }

  static async start(parts: BrowserHostParts): Promise<BrowserHost> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(parts.port, '127.0.0.1', resolve);
    });
    return new BrowserHost(server, parts);
  }

  /** An address that opens Lethe in one browser. The one before it, if it was not used, works no more. */
  newAddress(): string {
    this.#token = new OneTimeToken();
    return `${this.origin}/enter?token=${this.#token.secret}`;
  }

  /** @returns where in this host a PDF file can be opened from now on */
  offer(path: string): string {
    const name = `${newSecret()}.pdf`;
    this.#documents.set(name, path);
    return `/documents/${name}`;
  }

  /** Tells every page. */
  broadcast(note: Note): void {
    const text = JSON.stringify(note);
    for (const socket of this.#sockets.clients) socket.send(text);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = this.#urlOf(request);
    if (url === null || request.method !== 'GET') {
      refuse(response, 403, 'This is not an address of Lethe.');
      return;
    }
    if (url.pathname === '/enter') {
      this.#enter(url, response);
      return;
    }
    if (!this.#hasSession(request)) {
      refuse(
        response,
        403,
        'Lethe opens with the address that it prints where it was started. That address works once; press Enter there for a new one.',
      );
      return;
    }
    await this.#serve(url.pathname, response);
  }

  #enter(url: URL, response: ServerResponse): void {
    if (!this.#token.spend(url.searchParams.get('token') ?? '')) {
      refuse(
        response,
        403,
        'This address was used before, or is not the newest one. Press Enter where Lethe was started for a new one.',
      );
      return;
    }
    response.writeHead(303, {
      location: '/',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'set-cookie': `${this.#cookie}=${this.#session}; HttpOnly; SameSite=Strict; Path=/`,
    });
    response.end();
  }

  async #serve(path: string, response: ServerResponse): Promise<void> {
    const offered = this.#documents.get(path.replace(/^\/documents\//, ''));
    if (offered !== undefined) {
      await sendDocument(offered, response);
      return;
    }
    const file = await this.#files(path);
    const headers = Object.fromEntries(file.headers);
    let body: string | Uint8Array = new Uint8Array(await file.arrayBuffer());
    if ((headers['content-type'] ?? '').startsWith('text/html')) {
      body = withBridge(Buffer.from(body).toString());
    }
    response.writeHead(file.status, { ...headers, 'cache-control': 'no-store' });
    response.end(body);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = this.#urlOf(request);
    const isOurs =
      url?.pathname === '/bridge' &&
      request.headers.origin === this.origin &&
      this.#hasSession(request);
    if (!isOurs) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (opened) => {
      this.#converse(opened);
    });
  }

  #converse(socket: WebSocket): void {
    socket.on('message', (data, isBinary) => {
      const message: unknown = isBinary ? null : parsedJson(rawText(data));
      void this.#parts.answer(this.origin, message).then((answer) => {
        socket.send(JSON.stringify(answer));
      });
    });
    socket.on('error', () => {
      socket.terminate();
    });
  }

  /** Null for a request that was meant for another host. */
  #urlOf({ headers, url = '' }: IncomingMessage): URL | null {
    const isForUs = `http://${headers.host ?? ''}` === this.origin && url.startsWith('/');
    return isForUs && URL.canParse(url, this.origin) ? new URL(url, this.origin) : null;
  }

  #hasSession({ headers }: IncomingMessage): boolean {
    const cookies = (headers.cookie ?? '').split(';').map((cookie) => cookie.trim());
    return cookies.some((cookie) => {
      const [name, value = ''] = cookie.split('=');
      return name === this.#cookie && isSameSecret(value, this.#session);
    });
  }
}

function listeningAt(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP port was asked for');
  return address;
}

/** The page, with the script that makes its bridge before all others. */
function withBridge(page: string): string {
  return page.replace('<head>', '<head><script type="module" src="/bridge.js"></script>');
}

async function sendDocument(path: string, response: ServerResponse): Promise<void> {
  const bytes = await readFile(path).catch(() => null);
  if (bytes === null) {
    refuse(response, 404, 'The document is not there any more.');
    return;
  }
  response.writeHead(200, {
    'content-type': 'application/pdf',
    'content-disposition': `inline; filename="${basename(path).replace(/[^\w.-]/g, '_')}"`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(bytes);
}

function refuse(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-security-policy': "default-src 'none'",
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  response.end(`${sentence}\n`);
}

/** @returns null, which no request is, for what is no JSON */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function rawText(data: WebSocket.RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.from(data instanceof ArrayBuffer ? new Uint8Array(data) : data).toString();
}
