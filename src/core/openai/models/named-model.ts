import type { AnswerSettings } from '../request/answer-settings.ts';
import { type ApiRequest, modelOf } from '../request/request.ts';
import { type ModelInfo, modelInfo } from './models.ts';

/** The model that the path of a request names, where it is served. A deployment is no model. */
export function namedModel(request: ApiRequest, settings: Pick<AnswerSettings, 'models'>): ModelInfo | undefined {
  const name = modelOf(request) ?? '';
  return modelInfo(request.dialect.modelId?.(name) ?? name, settings);
}
