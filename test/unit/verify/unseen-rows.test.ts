import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { selectAccelerator } from '../../../engine/accelerators/accelerators.ts';
import { openDataset } from '../../../engine/data/data.ts';
import { MatchedData, matchClasses } from '../../../engine/data/matched-data.ts';
import { parsePreprocessing } from '../../../engine/data/preprocessing.ts';
import { openModel } from '../../../engine/models/models.ts';
import { collectEvidence, sampleImages, type Evidence } from '../../../engine/verify/evidence.ts';
import { unseenRows } from '../../../engine/verify/unseen-rows.ts';
import { sampleModel, samplePictures } from '../../sample.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

it('test images are known again that are among the training images under other names', async () => {
  const person = 'Elif T';
  const data = temporaryFolder();
  const [train, test] = ['train', 'test'].map((split) => join(data, split, person));
  // There have to be two classes.
  for (const folder of [train, test, join(data, 'train', 'Noor F')])
    mkdirSync(folder, { recursive: true });
  const pictures = readdirSync(join(samplePictures, 'train', person)).sort();
  for (const name of pictures)
    cpSync(join(samplePictures, 'train', person, name), join(train, name));
  const others = readdirSync(join(samplePictures, 'test', person)).sort();
  const shown = [...pictures.slice(-3), ...others.slice(0, 4)];
  shown.forEach((name, index) => {
    const split = index < 3 ? 'train' : 'test';
    cpSync(join(samplePictures, split, person, name), join(test, `${String(index)}-${name}`));
  });

  await selectAccelerator('onnxruntime');
  const model = await openModel(sampleModel);
  const dataset = await openDataset(data, { imageShape: null, resize: false, seed: 0 });
  const match = matchClasses(model.info, dataset.info);
  const matched = new MatchedData(dataset, match, parsePreprocessing('zero-to-one'));
  const label = match.classNames.indexOf(person);
  const references = sampleImages(matched, [label], [], 0);
  const classes = [...match.classNames.keys()];
  const collecting = collectEvidence(model, matched, references, {
    ...{ outputs: classes, classCount: classes.length },
  });
  let evidence: Evidence | null = null;
  while (evidence === null) {
    const step = await collecting.next();
    if (step.done === true) evidence = step.value;
  }
  model.dispose();
  await dataset.close();
  const unseen = unseenRows(evidence, label).map((row) => references.test[row].index);
  expect(unseen.toSorted()).toEqual([3, 4, 5, 6]);
});
