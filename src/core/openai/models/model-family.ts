import { modelList } from './model-list.ts';

const ALIASES = new Map(Object.entries(modelList.snapshots).map(([alias, snapshot]) => [snapshot, alias]));
/** `-2024-08-06` or, on older models, `-0613`. */
const DATED = /-(?:\d{4}-\d\d-\d\d|\d{4})$/;

/** The model whose limits this one shares: of a snapshot its alias, of any other the model itself, of a fine-tuned one what it was made from (wire.md 1.4, "snapshot shares limit"). */
export function familyOf(model: string): string {
  const [, base = model] = /^ft:([^:]+):/.exec(model) ?? [];
  return ALIASES.get(base) ?? base.replace(DATED, '');
}
