import { describe, expect, it } from 'vitest';
import { forgetClasses } from '../../../engine/jobs/forget-classes.ts';
import { problemOf } from '../../problem-of.ts';

const classNames = ['airplane', 'automobile', 'bird', 'cat'];

describe('forgetClasses', () => {
  it('gives the indices in ascending order, each once', () => {
    expect(forgetClasses(['cat', 'airplane', 'cat'], classNames)).toEqual([0, 3]);
  });

  it('suggests the nearest names for one it does not know', () => {
    const problem = problemOf(() => forgetClasses(['Aeroplane'], classNames));
    expect(problem.code).toBe('unknown-class');
    expect(problem.sentence).toMatch(/no class "Aeroplane".*nearest names are "airplane"/);
  });

  it('refuses to forget every class', () => {
    expect(problemOf(() => forgetClasses(classNames, classNames)).code).toBe(
      'all-classes-forgotten',
    );
  });
});
