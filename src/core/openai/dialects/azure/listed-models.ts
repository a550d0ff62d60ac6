import type { ModelKind } from '../../models/model-list.ts';
import { modelNamed } from '../../models/models.ts';
import { asList, asRecord, type Fields } from '../../request/request.ts';
import { azureName } from './azure-name.ts';

/** Seconds from the release of a model to its end, where that is not known: made up. */
const USUAL_LIFE = 2 * 365 * 86_400;
const MS_PER_SECOND = 1_000;

/**
 * A list of base models, or one of them, as the classic surface shows it: https://learn.microsoft.com/rest/api/azureopenai/models/list.
 * Deployments are not in it.
 */
export function classicModels(body: Fields): Fields {
  return body['object'] === 'list' ? { data: asList(body['data']).map(classicModel), object: 'list' } : classicModel(body);
}

/** The same on the v1 surface: as OpenAI's, under the names that Azure has. */
export function v1Models(body: Fields): Fields {
  return body['object'] === 'list' ? { ...body, data: asList(body['data']).map(named) } : named(body);
}

function named(model: unknown): Fields {
  const fields = asRecord(model) ?? {};
  return { ...fields, id: azureName(String(fields['id'])) };
}

function classicModel(model: unknown): Fields {
  const { id, created, shutdown_date: shutdown } = asRecord(model) ?? {};
  const name = String(id);
  const ends = typeof shutdown === 'string' ? Date.parse(shutdown) / MS_PER_SECOND : Number(created) + USUAL_LIFE;
  return {
    status: 'succeeded',
    capabilities: capabilitiesOf(modelNamed(name).kind),
    lifecycle_status: name.includes('preview') ? 'preview' : 'generally-available',
    deprecation: { inference: ends },
    id: azureName(name),
    created_at: created,
    object: 'model',
  };
}

function capabilitiesOf(kind: ModelKind): Fields {
  return {
    fine_tune: false,
    inference: true,
    completion: kind === 'completion',
    chat_completion: kind === 'chat',
    embeddings: kind === 'embedding',
  };
}
