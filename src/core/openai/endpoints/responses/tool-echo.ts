import { asList, asRecord, type Fields } from '../../request/request.ts';
import { float } from './response-json.ts';
import { strictSchema } from './strict-echo.ts';

/** The tools of a request as the response repeats them: `type` first, then the keys by alphabet, defaults filled in (wire-responses.md 2.3). */
export function toolsEcho(tools: unknown): unknown[] {
  return asList(tools).map((tool) => toolEcho(asRecord(tool) ?? {}));
}

function toolEcho(tool: Fields): Fields {
  const { type } = tool;
  switch (type) {
    case 'function':
      return functionEcho(tool);
    case 'web_search':
      return sorted({
        return_token_budget: 'default',
        search_content_types: ['text'],
        ...searchEcho(tool),
      });
    case 'web_search_preview':
      return sorted(searchEcho(tool));
    case 'file_search':
      return sorted({
        filters: null,
        max_num_results: 20,
        ...given(tool),
        ranking_options: rankingEcho(tool['ranking_options']),
      });
    case 'mcp':
      return sorted({
        allowed_tools: null,
        require_approval: 'always',
        server_description: null,
        server_url: null,
        ...given(tool),
        // What it carries is secret.
        headers: null,
      });
    case 'namespace':
      return sorted({ ...tool, tools: toolsEcho(tool['tools']) });
    default:
      return sorted(tool);
  }
}

/** Without a say of the request the service tries to be strict, and repeats the schema as it has to be for that. */
function functionEcho(tool: Fields): Fields {
  const { strict, parameters } = tool;
  const isStrict = typeof strict === 'boolean' ? strict : strictSchema(parameters) !== undefined;
  return sorted({
    ...tool,
    description: tool['description'] ?? null,
    output_schema: tool['output_schema'] ?? null,
    parameters: (typeof strict === 'boolean' ? parameters : (strictSchema(parameters) ?? parameters)) ?? null,
    strict: isStrict,
  });
}

const ANYWHERE = { type: 'approximate', city: null, country: 'US', region: null, timezone: null };

function searchEcho(tool: Fields): Fields {
  return {
    ...given(tool),
    search_context_size: tool['search_context_size'] ?? 'medium',
    user_location: { ...ANYWHERE, ...given(asRecord(tool['user_location']) ?? {}) },
  };
}

function rankingEcho(options: unknown): Fields {
  const { ranker, score_threshold: threshold } = asRecord(options) ?? {};
  return { ranker: ranker ?? 'auto', score_threshold: float(typeof threshold === 'number' ? threshold : 0) };
}

/** The fields that are not null. */
function given(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

/** `type` first, then by alphabet. */
export function sorted({ type, ...others }: Fields): Fields {
  const keys = Object.keys(others).sort();
  return { type, ...Object.fromEntries(keys.map((key) => [key, others[key]])) };
}
