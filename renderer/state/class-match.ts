import type { DataView, ModelView } from '../../app/contract/work.ts';

/** How the classes of some pictures fit those of a model. */
export interface ClassMatch {
  /** Of the pictures, that the model does not know. */
  readonly strangers: readonly string[];
  /** Of the model, that there are no pictures of. */
  readonly without: readonly string[];
  /** A model without names takes those of the pictures, if there are as many; these are the two numbers if not. */
  readonly misfit: { readonly model: number; readonly data: number } | null;
}

export function matchClasses(model: ModelView['info'], data: DataView['info']): ClassMatch {
  if (model.classNames === null) {
    const isAlike = model.classCount === data.classNames.length;
    return {
      strangers: [],
      without: [],
      misfit: isAlike ? null : { model: model.classCount, data: data.classNames.length },
    };
  }
  const known = new Set(model.classNames);
  const present = new Set(data.classNames);
  return {
    strangers: data.classNames.filter((name) => !known.has(name)),
    without: model.classNames.filter((name) => !present.has(name)),
    misfit: null,
  };
}

/** One picture of each class that there are any of. */
export function picturesByName(data: DataView | null): ReadonlyMap<string, string> {
  const pictures = new Map<string, string>();
  data?.info.classNames.forEach((name, index) => {
    const [thumbnail] = data.thumbnails[index] ?? [];
    if (thumbnail !== undefined) pictures.set(name, thumbnail);
  });
  return pictures;
}
