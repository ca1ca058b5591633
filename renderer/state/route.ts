/** The steps of a request, in order. */
export const steps = [
  'request',
  'model',
  'data',
  'classes',
  'run',
  'review',
  'certificate',
] as const;
export type Step = (typeof steps)[number];

/** What is on the screen. */
export type Route =
  | { readonly screen: 'start' }
  | { readonly screen: 'new' }
  | { readonly screen: 'case'; readonly step: Step }
  | { readonly screen: 'ledger' }
  | { readonly screen: 'settings' };
