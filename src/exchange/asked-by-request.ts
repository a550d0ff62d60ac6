import type { Asked } from '../core/correlation/asked.ts';
import { memoize } from '../core/memo/body-memo.ts';
import { questionHash } from '../core/openai/request/question-hash.ts';
import { type ApiRequest, modelOf } from '../core/openai/request/request.ts';
import { authorizationHash, type Incoming } from './incoming.ts';

/** What a request asks, and whom: found when it is read, for most requests are never compared with others. */
export class AskedByRequest implements Asked {
  readonly provider: string;
  readonly #request: ApiRequest;
  readonly #headers: Incoming['headers'];

  constructor(request: ApiRequest, headers: Incoming['headers'], provider: string) {
    this.provider = provider;
    this.#request = request;
    this.#headers = headers;
  }

  get keyHash(): string | undefined {
    return authorizationHash(this.#headers['authorization']);
  }

  get model(): string | undefined {
    return modelOf(this.#request);
  }

  get question(): string | undefined {
    const { memo, endpoint } = this.#request;
    return memoize(memo, 'question', [endpoint], () => questionHash(this.#request));
  }
}
