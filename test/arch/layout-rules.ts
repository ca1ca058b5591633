import type { IForbiddenRuleType } from 'dependency-cruiser';

const packages = 'node_modules/';
const networkModules = ['http', 'http2', 'https', 'net', 'tls', 'dgram', 'dns', 'inspector'];

/** The rules of the layout, as docs/architecture.md tells them. `to.path` of Node's own modules is without `node:`. */
export const layoutRules: readonly (IForbiddenRuleType & { readonly name: string })[] = [
  {
    name: 'renderer-sees-only-the-contract',
    comment: 'renderer imports from outside itself only app/contract, and packages',
    from: { path: '^renderer/' },
    to: { pathNot: ['^renderer/', '^app/contract/', packages] },
  },
  {
    name: 'protocol-stands-alone',
    comment:
      'engine/protocol imports nothing local, and nothing of Node: the renderer reads it too',
    from: { path: '^engine/protocol/' },
    to: { pathNot: ['^engine/protocol/', packages] },
  },
  {
    name: 'contract-stands-on-the-protocol',
    comment: 'app/contract imports nothing local but engine/protocol, and nothing of Node',
    from: { path: '^app/contract/' },
    to: { pathNot: ['^app/contract/', '^engine/protocol/', packages] },
  },
  {
    name: 'app-sees-only-the-protocol',
    comment: 'app imports from engine only engine/protocol',
    from: { path: '^app/' },
    to: { path: '^engine/', pathNot: '^engine/protocol/' },
  },
  {
    name: 'engine-knows-no-app',
    comment: 'engine imports nothing from app or renderer',
    from: { path: '^engine/' },
    to: { path: ['^app/', '^renderer/'] },
  },
  {
    name: 'engine-knows-no-electron-or-sqlite',
    comment: 'engine imports neither electron nor better-sqlite3',
    from: { path: '^engine/' },
    to: { path: ['^electron(/|$)', `${packages}(electron|better-sqlite3)/`] },
  },
  {
    name: 'engine-stays-offline',
    comment: 'engine imports none of the modules of Node that reach a network',
    from: { path: '^engine/' },
    to: { path: `^(${networkModules.join('|')})(/|$)`, dependencyTypes: ['core'] },
  },
  {
    name: 'electron-stays-in-main-and-preload',
    comment: 'electron is imported only in app/main and app/preload',
    from: { path: '^(app|engine|renderer|build|test)/', pathNot: '^app/(main|preload)/' },
    to: { path: ['^electron(/|$)', `${packages}electron/`] },
  },
  {
    name: 'no-import-cycles',
    comment: 'no file imports itself by way of others, types included',
    from: {},
    to: { circular: true },
  },
];
