import { atOnce, type Steps } from '../at-once.ts';

export interface FoundInSteps<Key extends object, Found> {
  (key: Key): Found;
  /** The same in steps; what was found before takes none. */
  inSteps(key: Key): Steps<Found>;
}

/** See `perObject`: what takes long is found in steps, where there is time for them. */
export function perObjectInSteps<Key extends object, Found>(find: (key: Key) => Steps<Found>): FoundInSteps<Key, Found> {
  const known = new WeakMap<Key, { readonly found: Found }>();
  function* inSteps(key: Key): Steps<Found> {
    let cell = known.get(key);
    if (cell === undefined) known.set(key, (cell = { found: yield* find(key) }));
    return cell.found;
  }
  return Object.assign((key: Key) => atOnce(inSteps(key)), { inSteps });
}
