import { distance } from 'fastest-levenshtein';
import { ProblemError } from '../protocol/problem.ts';

/**
 * The class indices of these names, ascending, each once.
 * @throws ProblemError `unknown-class` with the nearest names, `all-classes-forgotten`
 */
export function forgetClasses(names: readonly string[], classNames: readonly string[]): number[] {
  const indices = [...new Set(names)].map((name) => {
    const index = classNames.indexOf(name);
    if (index === -1) throw unknownClass(name, classNames);
    return index;
  });
  if (indices.length === classNames.length) {
    throw new ProblemError(
      'all-classes-forgotten',
      'These are all the classes the model has, so nothing would be left of it. Delete the model instead, or leave at least one class.',
    );
  }
  return indices.sort((left, right) => left - right);
}

function unknownClass(name: string, classNames: readonly string[]): ProblemError {
  const nearest = classNames
    .map((candidate) => ({
      candidate,
      distance: distance(name.toLowerCase(), candidate.toLowerCase()),
    }))
    .sort((left, right) => left.distance - right.distance)
    .slice(0, 3)
    .map(({ candidate }) => `"${candidate}"`);
  return new ProblemError(
    'unknown-class',
    `The model has no class "${name}". The nearest names are ${nearest.join(', ')}.`,
    `classes: ${classNames.join(', ')}`,
  );
}
