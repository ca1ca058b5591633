import { expect, test } from 'vitest';
import type { DataView, ModelView } from '../../../app/contract/work.ts';
import { matchClasses, picturesByName } from '../../../renderer/state/class-match.ts';

const model = (
  classNames: string[] | null,
  classCount = classNames?.length ?? 3,
): ModelView['info'] => ({
  format: 'onnx',
  sha256: '0'.repeat(64),
  architecture: '',
  parameters: 1,
  inputShape: [8, 8, 3],
  classCount,
  classNames,
});

const data = (classNames: string[]): DataView['info'] => ({
  source: 'image-folder',
  classNames,
  counts: { train: classNames.map(() => 1), test: classNames.map(() => 1) },
  imageShape: [8, 8, 3],
  digest: '0'.repeat(64),
});

test('matches classes by name, and says what is strange and what is missing', () => {
  expect(matchClasses(model(['a', 'b', 'c']), data(['b', 'z', 'a']))).toEqual({
    strangers: ['z'],
    without: ['c'],
    misfit: null,
  });
});

test('takes the folders for the classes of a model without names, if there are as many', () => {
  expect(matchClasses(model(null, 2), data(['a', 'b']))).toEqual({
    strangers: [],
    without: [],
    misfit: null,
  });
  expect(matchClasses(model(null, 3), data(['a', 'b'])).misfit).toEqual({ model: 3, data: 2 });
});

test('finds a picture of each class that has any', () => {
  const view: DataView = {
    name: 'pictures',
    path: '/pictures',
    info: data(['a', 'b']),
    thumbnails: [['data:image/png;base64,AA=='], []],
    notices: [],
  };
  expect([...picturesByName(view)]).toEqual([['a', 'data:image/png;base64,AA==']]);
  expect([...picturesByName(null)]).toEqual([]);
});
