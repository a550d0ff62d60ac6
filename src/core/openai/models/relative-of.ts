import { familyOf } from './model-family.ts';
import { modelList } from './model-list.ts';
import { modelNamed } from './models.ts';

/** The snapshot of another model: of the same kind, with the name that is most like that of this one. */
export function relativeOf(model: string): string {
  const { kind } = modelNamed(model);
  const own = familyOf(model);
  let closest = '';
  let shared = -1;
  for (const [id, , , , , , kindOfId] of modelList.rows) {
    if (kindOfId !== kind || familyOf(id) === own) continue;
    const length = sharedLength(id, own);
    if (length <= shared) continue;
    closest = id;
    shared = length;
  }
  return modelNamed(closest).snapshot;
}

function sharedLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}
