const longestShown = 80;

/** A name from a file, fit for a sentence: in quotes, control characters escaped, not endless. */
export function quoted(name: string): string {
  return JSON.stringify(name.length > longestShown ? `${name.slice(0, longestShown)}…` : name);
}
