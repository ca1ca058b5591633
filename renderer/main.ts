import './without-code-from-strings.ts';
import '@fontsource-variable/inter';
import '@fontsource-variable/source-serif-4';
import './styles/tokens.css';
import './styles/base.css';
import { mount } from 'svelte';
import { Client } from '../app/contract/client.ts';
import type { Bridge } from '../app/contract/call.ts';
import AppFrame from './App.svelte';
import { App } from './state/app.svelte.ts';

declare global {
  /** Put there by the window's preload script, or by the browser host's. */
  var lethe: Bridge;
}

const app = new App(new Client(globalThis.lethe));
mount(AppFrame, { target: document.body, props: { app } });
void app.start();
