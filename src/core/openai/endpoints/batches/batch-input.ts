import { perObject } from '../../../memo/per-object.ts';
import type { BatchNames, Dialect } from '../../dialects/dialect.ts';
import { parseObject } from '../../request/parse-object.ts';
import { asRecord, type BatchedRequest } from '../../request/request.ts';
import type { FoundInput } from '../../store/kept-files.ts';
import type { InputProblem } from '../../store/stored-file.ts';

/** What a batch can ask. */
export const BATCHED_PATHS: readonly string[] = [
  '/v1/chat/completions',
  '/v1/completions',
  '/v1/embeddings',
  '/v1/moderations',
  '/v1/responses',
];

/** Requests that a batch has at most. OpenAI takes 50,000. */
const MAX_LINES = 5_000;
/** Problems that are told at most. */
const MAX_PROBLEMS = 100;

/** The input of a batch: its requests, or what is wrong with it. */
export interface BatchInput {
  readonly requests: readonly BatchedRequest[];
  readonly problems: readonly InputProblem[];
  /** That the first request names. */
  readonly model: string | null;
}

/** Reads a file of requests, one a line, as the service takes it. The codes and texts of its problems are unverified. */
export function inputOf(found: FoundInput, { batchNames }: Pick<Dialect, 'batchNames'>): BatchInput {
  return batchNames === undefined ? inputByPath(found) : inputByName(batchNames)(found);
}

const inputByPath = perObject((found: FoundInput) => readInput(found, undefined));
const inputByName = perObject((names: BatchNames) => perObject((found: FoundInput) => readInput(found, names)));

function readInput({ text, endpoint }: FoundInput, batchNames: BatchNames | undefined): BatchInput {
  const requests: BatchedRequest[] = [];
  const problems: InputProblem[] = [];
  const names = new Set<string>();
  let model: string | null = null;
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    if (requests.length >= MAX_LINES) return { requests: [], problems: [TOO_MANY], model };
    const read = readLine(line, { endpoint, batchNames }, names);
    if ('code' in read) problems.push({ ...read, line: index + 1 });
    else {
      names.add(read.request.name);
      requests.push(read.request);
      model ??= read.model;
    }
    if (problems.length >= MAX_PROBLEMS) break;
  }
  if (requests.length + problems.length === 0) problems.push(EMPTY);
  return { requests: problems.length > 0 ? [] : requests, problems, model };
}

const EMPTY: InputProblem = { code: 'empty_file', message: 'The input file is empty.', param: null, line: null };
const TOO_MANY: InputProblem = {
  code: 'too_many_requests',
  message: `This mock makes at most ${MAX_LINES.toLocaleString('en-US')} requests in a batch.`,
  param: null,
  line: null,
};

type LineProblem = Omit<InputProblem, 'line'>;

function readLine(
  line: string,
  { endpoint, batchNames }: { readonly endpoint: string; readonly batchNames: BatchNames | undefined },
  names: ReadonlySet<string>,
): { readonly request: BatchedRequest; readonly model: string | null } | LineProblem {
  const fields = parseObject(line);
  if (fields === undefined) return problem('invalid_json_line', 'This line is not parseable as valid JSON.', null);
  const { custom_id: name, method, url, body } = fields;
  if (typeof name !== 'string') return missing('custom_id');
  if (names.has(name)) return problem('duplicate_custom_id', `The custom_id '${name}' is used more than once.`, 'custom_id');
  if (method !== 'POST') return problem('invalid_method', 'The method of each request must be POST.', 'method');
  const path = pathOf(url, endpoint, batchNames);
  if (path === undefined) return problem('invalid_url', `The URL of each request must be that of the batch: ${endpoint}.`, 'url');
  const request = asRecord(body);
  if (request === undefined) return missing('body');
  if (request['stream'] === true) return problem('invalid_request', 'A request of a batch cannot be streamed.', 'body.stream');
  const { model } = request;
  return { request: { name, path, body: JSON.stringify(request) }, model: typeof model === 'string' ? model : null };
}

/** Where the service asks what a line names; undefined where the batch cannot ask that. */
function pathOf(url: unknown, endpoint: string, batchNames: BatchNames | undefined): string | undefined {
  if (typeof url !== 'string') return undefined;
  if (batchNames === undefined) return url === endpoint ? url : undefined;
  const path = batchNames.pathOf(url);
  return BATCHED_PATHS.includes(path) ? batchNames.addressOf(path) : undefined;
}

function missing(param: string): LineProblem {
  return problem('missing_required_parameter', `Missing required parameter: '${param}'.`, param);
}

function problem(code: string, message: string, param: string | null): LineProblem {
  return { code, message, param };
}
