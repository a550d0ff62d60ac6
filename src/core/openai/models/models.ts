import type { AnswerSettings, ModelSpec } from '../request/answer-settings.ts';
import { type ModelKind, modelList } from './model-list.ts';

/** What is known of a model. Sizes in tokens, `created` in seconds since the epoch. */
export interface ModelInfo {
  readonly id: string;
  /** The id that answers carry: of an alias, what it stands for. */
  readonly snapshot: string;
  readonly created: number;
  readonly ownedBy: string;
  /** `YYYY-MM-DD`. */
  readonly shutdownDate: string | null;
  readonly contextWindow: number | null;
  readonly maxOutputTokens: number | null;
  /** Tokens of the window that the input may fill, where the output has its own part of it (wire.md 4, "272000 in"). */
  readonly inputWindow: number | null;
  readonly kind: ModelKind;
  readonly reasoning: boolean;
}

/** 2024-01-01T00:00:00Z: the date of a model whose own is not known. */
const SOME_TIME = 1_704_067_200;

/** Reasoning models of gpt-5 and later keep a part of their window for the output. */
const INPUT_APART = /^gpt-[5-9](?!.*chat)/;

const known = new Map<string, ModelInfo>();
for (const [id, created, ownedBy, shutdownDate, contextWindow, maxOutputTokens, kind, reasoning] of modelList.rows) {
  const snapshot = modelList.snapshots[id] ?? id;
  known.set(id, {
    id,
    snapshot,
    created: created ?? SOME_TIME,
    ownedBy,
    shutdownDate,
    contextWindow,
    maxOutputTokens,
    inputWindow: INPUT_APART.test(id) && contextWindow !== null ? contextWindow - (maxOutputTokens ?? 0) : null,
    kind,
    reasoning,
  });
}
const listed = modelList.rows.filter(([, created]) => created !== null).map(([id]) => modelNamed(id));
// Some aliases and snapshots are served although no listing names them.
for (const [alias, snapshot] of Object.entries(modelList.snapshots)) {
  const info = known.get(alias) ?? known.get(snapshot);
  if (info === undefined) continue;
  if (!known.has(alias)) known.set(alias, { ...info, id: alias, snapshot });
  if (!known.has(snapshot)) known.set(snapshot, { ...info, id: snapshot, snapshot });
}

/** The model, if it is served. */
export function modelInfo(id: string, { models }: Pick<AnswerSettings, 'models'>): ModelInfo | undefined {
  if (models === 'any') return modelNamed(id);
  if (models === 'listed') return known.get(id);
  const spec = models.find((model) => model.id === id);
  return spec && declared(spec);
}

/** Whether the id is that of a model that OpenAI has taken away. */
export function isRetired(id: string): boolean {
  return modelList.retired.includes(id);
}

/** Every model that `GET /v1/models` lists. */
export function servedModels({ models }: Pick<AnswerSettings, 'models'>): readonly ModelInfo[] {
  return typeof models === 'string' ? listed : models.map(declared);
}

/** No name that is known is longer; what follows in a longer one tells nothing. */
const LONGEST_NAME = 100;

/**
 * The model of that name. One that is not known is taken for a relative of the known one whose name its own begins
 * with, a fine-tuned one for what it was made from, any other for a chat model of usual size.
 */
export function modelNamed(id: string): ModelInfo {
  const exact = known.get(id);
  if (exact !== undefined) return exact;
  const [, base = id] = /^ft:([^:]+):/.exec(id) ?? [];
  for (let name = base.slice(0, LONGEST_NAME); name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('-')))) {
    const relative = known.get(name);
    if (relative !== undefined) return { ...relative, id, snapshot: id, shutdownDate: null };
  }
  return {
    id,
    snapshot: id,
    created: SOME_TIME,
    ownedBy: 'system',
    shutdownDate: null,
    // Nothing is known of its sizes, so that nothing is refused for them.
    contextWindow: null,
    maxOutputTokens: null,
    inputWindow: null,
    kind: 'chat',
    reasoning: /^(?:o\d|gpt-[5-9])/.test(id),
  };
}

function declared({ id, contextWindow, maxOutputTokens }: ModelSpec): ModelInfo {
  const info = modelNamed(id);
  return {
    ...info,
    contextWindow: contextWindow ?? info.contextWindow,
    inputWindow: contextWindow === undefined ? info.inputWindow : null,
    maxOutputTokens: maxOutputTokens ?? info.maxOutputTokens,
  };
}
