import { memoize } from '../../memo/body-memo.ts';
import type { ErrorAnswer } from '../errors/error.ts';
import { modelNamed } from '../models/models.ts';
import { servedModel } from '../models/served-model.ts';
import { type ApiRequest, asRecord, type Fields } from '../request/request.ts';
import { isTooDeep } from '../validation/depth.ts';
import { LetThrough } from '../validation/let-through.ts';
import type { Endpoint } from './endpoint.ts';
import { bodyMarks, findBodyError, type NaturalErrorRules, naturalError, noModelError, RequestTerms } from './natural-error.ts';
import { reducedFields } from './reduced-fields.ts';

/** A request as it is read where OpenAI would refuse it. */
export interface LenientReading {
  readonly error: ErrorAnswer | undefined;
  /** What the answer goes by: the request, without what it could not be answered with. */
  readonly request: ApiRequest;
  /** What it was not refused for: see `LetThrough`. */
  readonly letThrough: readonly string[];
}

interface BodyReading {
  readonly error?: ErrorAnswer | undefined;
  /** Undefined where the body is as it came. */
  readonly fields?: Fields | undefined;
  readonly letThrough: readonly string[];
}

/**
 * `naturalError` for a service that is less strict than OpenAI. `lenient`: fields that OpenAI does not know pass. `off`: every
 * JSON object passes. What its answer cannot be made with is left out of it, and what it has to have is put in.
 */
export function lenientReading(request: ApiRequest, rules: NaturalErrorRules, validation: 'lenient' | 'off'): LenientReading {
  let body: BodyReading = { letThrough: [] };
  const error = naturalError(request, rules, (_request, _rules, endpoint) => {
    const given = [validation, ...bodyMarks(request, rules, endpoint)];
    body = memoize(request.memo, 'lenient reading', given, () => read(request, rules, { endpoint, validation }));
    return body.error;
  });
  const { fields, letThrough } = body;
  // What was found out about the body is not known of one that was changed.
  return { error, request: fields === undefined ? request : { ...request, body: fields, memo: undefined }, letThrough };
}

function read(
  request: ApiRequest,
  rules: NaturalErrorRules,
  { endpoint, validation }: { readonly endpoint: Endpoint; readonly validation: 'lenient' | 'off' },
): BodyReading {
  const letThrough = new LetThrough();
  const fields = asRecord(request.body);
  if (validation === 'lenient' || fields === undefined) {
    const error = findBodyError(request, rules, endpoint, letThrough);
    return { error, letThrough: error === undefined ? letThrough.notes : [] };
  }
  const kept = withModel(withoutDepths(fields, letThrough), endpoint, letThrough);
  const { model: id } = kept;
  const info = typeof id === 'string' ? servedModel(id, request, rules) : undefined;
  // Which models there are, the scenario says.
  if (info === undefined && typeof id === 'string') return { error: (endpoint.unknownModel ?? noModelError)(id), letThrough: [] };
  const usual = modelNamed(endpoint.usual?.model ?? '');
  const answered = reducedFields(kept, endpoint, {
    letThrough,
    bodyBytes: request.bodyBytes,
    validate: (left, { usualModel, letThrough: unknown }) => {
      const model = usualModel ? usual : (info ?? usual);
      return endpoint.validate?.(left, new RequestTerms(request, rules, { model, isServed: true, letThrough: unknown }));
    },
  });
  return { fields: answered === fields ? undefined : answered, letThrough: letThrough.notes };
}

/** What is nested beyond all sense is left out. */
function withoutDepths(fields: Fields, letThrough: LetThrough): Fields {
  const deep = Object.keys(fields).filter((name) => isTooDeep(fields[name]));
  if (deep.length === 0) return fields;
  for (const name of deep) letThrough.note([name], 'nested too deep');
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !deep.includes(name)));
}

/** A request without a model, or with something else in its place, is answered by the usual one. */
function withModel(fields: Fields, { usual, takesModel, defaultModel }: Endpoint, letThrough: LetThrough): Fields {
  const { model } = fields;
  if (!takesModel || (typeof model === 'string' && model !== '')) return fields;
  if (model === undefined && defaultModel !== undefined) return fields;
  letThrough.note(['model'], model === undefined ? 'missing required parameter' : 'invalid type');
  const { model: _left, ...others } = fields;
  return usual?.model === undefined ? others : { ...others, model: usual.model };
}
