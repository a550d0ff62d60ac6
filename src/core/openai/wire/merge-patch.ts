import { asRecord } from '../request/request.ts';

/**
 * A document after a JSON Merge Patch (RFC 7396): objects are merged, null takes a member out, and all else replaces what was
 * there, lists included.
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  const changes = asRecord(patch);
  if (changes === undefined) return patch;
  const merged = new Map(Object.entries(asRecord(target) ?? {}));
  for (const [name, change] of Object.entries(changes)) {
    if (change === null) merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name), change));
  }
  return Object.fromEntries(merged);
}
