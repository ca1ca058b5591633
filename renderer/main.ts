import '@fontsource-variable/inter';
import '@fontsource-variable/source-serif-4';
import './styles/tokens.css';
import './styles/base.css';
import { mount } from 'svelte';
import Start from './screens/start/Start.svelte';

mount(Start, { target: document.body });
