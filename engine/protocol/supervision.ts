/** Last words of an engine that ends itself over its memory cap, at the end of its standard error. */
export const memoryCapExceeded = 'lethe-engine: memory cap exceeded';
