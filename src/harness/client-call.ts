/** One of several places that a client may ask. */
export interface ClientTarget {
  /** Names the call in its path, as the other targets do. */
  readonly baseURL: string;
  readonly apiKey: string;
  readonly model: string;
}

/** What a driver is asked to do: one call of the client under test. */
export interface ClientCall {
  readonly callId: string;
  /** Names the call in its path: all attempts go there. */
  readonly baseURL: string;
  readonly apiKey: string;
  readonly prompt: string;
  readonly stream: boolean;
  /** Where the call may go, the first target first. Only for a client that says that it takes several, and where there are several. */
  readonly targets?: readonly ClientTarget[];
  readonly signal: AbortSignal;
}

/** What the client made of it. */
export interface ClientAnswer {
  readonly ok: boolean;
  readonly text?: string;
  readonly error?: string;
}

/** The default export of a client module: makes one call, retries as it does in production, and tells how it went. */
export type ClientModule = (call: ClientCall) => Promise<ClientAnswer>;
