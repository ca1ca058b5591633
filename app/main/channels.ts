/** Of Electron's own conversation between window and app. */
export const channels = { ask: 'lethe-ask', tell: 'lethe-tell' } as const;
