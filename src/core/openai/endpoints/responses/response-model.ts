import { BoundedMemo } from '../../../memo/bounded-memo.ts';
import { modelLimits } from '../../models/model-limits.ts';
import type { ModelInfo } from '../../models/models.ts';

/** What a response says where the request leaves it open, by the model that answers (wire-responses.md 2.2). */
export interface ModelDefaults {
  readonly topP: number;
  readonly cacheRetention: 'in_memory' | '24h';
  /** The turns whose reasoning the model sees; null on models that do not reason. */
  readonly reasoningContext: 'current_turn' | 'all_turns' | null;
  /** `reasoning.effort`; null on models that do not reason. */
  readonly effort: string | null;
  /** Messages say whether they are commentary or the final answer. */
  readonly phases: boolean;
  /** Streams show the state of the rate limits (wire-responses.md 1.2). */
  readonly limitedStreams: boolean;
}

/** 5.2, 5.3, 5.4, 5.5, 5.6; later ones are taken to be like them. */
const LATE = /^(?:ft:)?gpt-(?:5\.[2-9]|[6-9])/;
/** From 5.3-codex on. */
const WITH_PHASES = /^(?:ft:)?gpt-(?:5\.[3-9]|[6-9])/;
/** 5.6 and later. */
const LATEST = /^(?:ft:)?gpt-(?:5\.[6-9]|[6-9])/;
const FIFTH = /^(?:ft:)?gpt-[5-9]/;

const known = new BoundedMemo<string, ModelDefaults>(500);

/** What the model says where the request leaves it open. */
export function modelDefaults({ snapshot, reasoning }: Pick<ModelInfo, 'snapshot' | 'reasoning'>): ModelDefaults {
  return known.get(`${reasoning} ${snapshot}`, () => findDefaults(snapshot, reasoning));
}

function findDefaults(id: string, reasoning: boolean): ModelDefaults {
  const latest = LATEST.test(id);
  return {
    topP: LATE.test(id) ? 0.98 : 1,
    cacheRetention: LATE.test(id) ? '24h' : 'in_memory',
    reasoningContext: reasoning ? (latest ? 'all_turns' : 'current_turn') : null,
    effort: reasoning ? (modelLimits(id).usualEffort ?? 'medium') : null,
    phases: WITH_PHASES.test(id),
    limitedStreams: FIFTH.test(id),
  };
}
