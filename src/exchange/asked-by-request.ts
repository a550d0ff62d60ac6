import type { Asked } from '../core/correlation/asked.ts';
import { memoize } from '../core/memo/body-memo.ts';
import { questionHash } from '../core/openai/request/question-hash.ts';
import { type ApiRequest, modelOf } from '../core/openai/request/request.ts';

/** A longer body is not held for as long as its answer is under way: its question is found at once. */
const MAX_HELD_BYTES = 2_048;

/** What a request asks, and whom. The question is found when it is read, for most requests are never compared with others. */
export class AskedByRequest implements Asked {
  readonly provider: string;
  readonly keyHash: string | undefined;
  readonly model: string | undefined;
  #request: ApiRequest | undefined;
  #question: string | undefined;

  constructor(request: ApiRequest, keyHash: string | undefined, provider: string) {
    this.provider = provider;
    this.keyHash = keyHash;
    this.model = modelOf(request);
    this.#request = request;
    if (request.bodyBytes > MAX_HELD_BYTES) this.#find(request);
  }

  get question(): string | undefined {
    return this.#request === undefined ? this.#question : this.#find(this.#request);
  }

  #find(request: ApiRequest): string | undefined {
    this.#request = undefined;
    this.#question = memoize(request.memo, 'question', [request.endpoint], () => questionHash(request));
    return this.#question;
  }
}
