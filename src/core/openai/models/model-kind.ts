import type { ModelKind } from './model-list.ts';
import type { ModelInfo } from './models.ts';

/** Names that OpenAI gives to chat models; any other unknown name may be that of anything. */
const CHAT_NAME = /^(?:ft:)?(?:gpt-|o\d|chat)/;

/** Whether the model is known to be of another kind. */
export function isOtherModelKind(kind: ModelKind, model: Pick<ModelInfo, 'id' | 'kind'>): boolean {
  if (model.kind === kind) return false;
  return model.kind !== 'chat' || CHAT_NAME.test(model.id);
}
