import type { AnswerSettings } from '../request/answer-settings.ts';
import { type ApiRequest, modelOf } from '../request/request.ts';
import { type ModelInfo, modelInfo, modelNamed } from './models.ts';

type Served = Pick<AnswerSettings, 'models' | 'azure'>;

/** The model that is served under that name by the service that is asked; undefined where none is. */
export function servedModel(name: string, { dialect }: Pick<ApiRequest, 'dialect'>, settings: Served): ModelInfo | undefined {
  if (dialect.modelBehind === undefined) return modelInfo(name, settings);
  const model = dialect.modelBehind(name, settings);
  return model === undefined ? undefined : modelInfo(model, settings);
}

/** The model that answers the request: one of usual size where nothing is known of it. */
export function answeringModel(request: ApiRequest, settings: Served, usual: string): ModelInfo {
  const name = modelOf(request) ?? usual;
  return servedModel(name, request, settings) ?? modelNamed(name);
}
