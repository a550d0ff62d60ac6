import type { Libraries } from '../../libraries.ts';
import type { BatchNames } from '../dialects/dialect.ts';
import type { ModelInfo } from '../models/models.ts';
import type { Input, SocketTurn } from '../request/request.ts';
import type { LetThrough } from './let-through.ts';

export type { Fields } from '../request/request.ts';

/** How long a request is. */
export interface Measures {
  readonly bodyBytes: number;
  /** Tokens of the messages, with what goes around them. */
  promptTokens(): number;
  /** Tokens of one prompt or input. */
  inputTokens(input: Input): number;
  /** Tokens of any text. */
  textTokens(text: string): number;
}

/** What a request is held against. */
export interface Terms extends Measures {
  readonly model: ModelInfo;
  /** The scenario serves the model. False only for an endpoint that judges its model itself. */
  readonly isServed: boolean;
  readonly libraries: Libraries;
  /** How a batch names what it asks, where that is not by the path. */
  readonly batchNames?: BatchNames | undefined;
  /** What the request has as a frame of a WebSocket; undefined where it is none. */
  readonly turn?: SocketTurn | undefined;
  /** Takes note of fields that OpenAI does not know. Without it, they are refused. */
  readonly letThrough?: LetThrough | undefined;
}
