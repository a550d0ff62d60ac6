import { asList, asRecord, type Fields } from '../../request/request.ts';
import { float } from './response-json.ts';

/** What JSON cannot tell of a response that was read is told again: which of its numbers are floats. Keys that it lacks are not there. */
export function withResponseFloats(response: Fields): Fields {
  return {
    ...response,
    ...floatField(response, 'frequency_penalty'),
    ...floatField(response, 'presence_penalty'),
    ...floatField(response, 'temperature'),
    ...('tools' in response && { tools: asList(response['tools']).map(withFloats) }),
    ...floatField(response, 'top_p'),
  };
}

function floatField(response: Fields, name: string): Fields {
  return name in response ? { [name]: floatOf(response[name]) } : {};
}

function withFloats(tool: unknown): unknown {
  const fields = asRecord(tool) ?? {};
  const ranking = asRecord(fields['ranking_options']);
  if (ranking === undefined) return tool;
  return { ...fields, ranking_options: { ...ranking, score_threshold: floatOf(ranking['score_threshold']) } };
}

function floatOf(value: unknown): unknown {
  return typeof value === 'number' ? float(value) : value;
}
