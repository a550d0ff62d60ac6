import type { Holder, MemoryBudget } from '../../memo/memory-budget.ts';
import { type FileChange, type FileFinding, type FileReference, KeptFiles } from './kept-files.ts';
import type { FoundResponse, FoundTurn, StoredConversation, StoredItem, StoredResponse, TurnContext } from './stored-response.ts';

/** What a request refers to of what the session keeps. Plain data. */
export type StoreReference =
  | {
      readonly about: 'turn';
      /** `previous_response_id`. */
      readonly previous: string | undefined;
      /** The connection that may go on from a response that only it has. */
      readonly holder?: string;
      readonly conversation: string | undefined;
      /** The ids of item references. */
      readonly items: readonly string[];
      /** The `call_id`s of outputs whose calls are not in the request itself. */
      readonly answers: readonly string[];
    }
  /** Something new is kept. */
  | { readonly about: 'nothing' }
  | { readonly about: 'response'; readonly id: string; readonly withTurns: boolean }
  | { readonly about: 'conversation'; readonly id: string; readonly item: string | undefined }
  | FileReference;

/** What the session keeps of it, or why the request fails. Plain data. */
export type StoreFinding =
  | {
      readonly is: 'missing';
      readonly what: 'previous response' | 'response' | 'conversation' | 'item of the conversation' | 'item' | 'call' | 'output';
      readonly id: string;
    }
  /** Another request works on the conversation. */
  | { readonly is: 'locked' }
  | { readonly is: 'nothing' }
  /** What the turn begins with. */
  | { readonly is: 'turn'; readonly context: TurnContext }
  | ({ readonly is: 'response' } & FoundResponse)
  | { readonly is: 'conversation'; readonly conversation: StoredConversation }
  | FileFinding;

/** How a request changes what the session keeps. Plain data. */
export type StoreChange =
  | { readonly change: 'keep response'; readonly response: StoredResponse }
  | { readonly change: 'cancel response'; readonly id: string }
  | { readonly change: 'delete response'; readonly id: string }
  | { readonly change: 'keep conversation'; readonly conversation: StoredConversation }
  | { readonly change: 'label conversation'; readonly id: string; readonly metadata: StoredConversation['metadata'] }
  | { readonly change: 'delete conversation'; readonly id: string }
  | { readonly change: 'add items'; readonly id: string; readonly items: readonly StoredItem[]; readonly context?: TurnContext }
  | { readonly change: 'delete item'; readonly id: string; readonly item: string }
  | FileChange;

/** Responses kept at most, and conversations. */
const MAX_KEPT = 1_000;
/** Characters and bytes kept at most. */
const MAX_SIZE = 16 * 1024 * 1024;

const NOTHING_SAID: TurnContext = { tokens: 0, openCalls: [] };

/** Ways to read bytes, which the core has not. */
export interface StoreReaders {
  parse(body: Uint8Array): unknown;
  textOf(bytes: Uint8Array): string;
}

interface Kept {
  readonly response: StoredResponse;
  /** The body of its request. */
  readonly request: Uint8Array;
  readonly size: number;
}

interface KeptConversation {
  conversation: StoredConversation;
  size: number;
}

/**
 * What a session keeps between requests, in this process: responses and conversations, files and batches. Bounded: when there is no more
 * room, the oldest response is forgotten, and without responses the oldest conversation; files have bounds of their own.
 */
export class SessionStore implements Holder {
  older: Holder | undefined;
  newer: Holder | undefined;
  heldBytes = 0;
  readonly #budget: MemoryBudget | undefined;
  readonly #parse: (body: Uint8Array) => unknown;
  /** The oldest first. */
  readonly #responses = new Map<string, Kept>();
  readonly #conversations = new Map<string, KeptConversation>();
  /** Conversations that a request works on. */
  readonly #locked = new Set<string>();
  readonly #files: KeptFiles;
  #size = 0;

  /** `parse` reads the body of a request that was good JSON, `textOf` reads UTF-8. */
  constructor({ parse, textOf }: StoreReaders, budget?: MemoryBudget) {
    this.#parse = parse;
    this.#files = new KeptFiles(textOf);
    this.#budget = budget;
  }

  find(reference: StoreReference): StoreFinding {
    switch (reference.about) {
      case 'nothing':
        return { is: 'nothing' };
      case 'turn':
        return this.#findTurn(reference);
      case 'response': {
        const kept = this.#stored(reference.id);
        if (kept === undefined) return { is: 'missing', what: 'response', id: reference.id };
        return { is: 'response', response: kept.response, turns: reference.withTurns ? this.#turnsOf(kept) : [] };
      }
      case 'conversation': {
        const conversation = this.#conversations.get(reference.id)?.conversation;
        if (conversation === undefined) return { is: 'missing', what: 'conversation', id: reference.id };
        const { item } = reference;
        if (item !== undefined && !conversation.items.some(({ id }) => id === item)) {
          return { is: 'missing', what: 'item of the conversation', id: item };
        }
        return { is: 'conversation', conversation };
      }
      default:
        return this.#files.find(reference);
    }
  }

  /** A request works on the conversation from now on, until it is unlocked. */
  lock(conversation: string): void {
    this.#locked.add(conversation);
  }

  unlock(conversation: string): void {
    this.#locked.delete(conversation);
  }

  /** `request` is the body of the request that makes the change. What does not exist any more is not changed. */
  apply(change: StoreChange, request: Uint8Array): void {
    switch (change.change) {
      case 'keep response':
        this.#keep(change.response, request);
        break;
      case 'cancel response':
        this.#cancel(change.id);
        break;
      case 'delete response':
        this.#forgetResponse(change.id);
        break;
      case 'delete conversation':
        this.#forgetConversation(change.id);
        break;
      case 'keep conversation':
        this.#keepConversation(change.conversation);
        break;
      case 'label conversation':
      case 'add items':
      case 'delete item': {
        const conversation = this.#conversations.get(change.id)?.conversation;
        if (conversation !== undefined) this.#keepConversation(changed(conversation, change));
        break;
      }
      default:
        this.#files.apply(change);
    }
    this.#budget?.resize(this, this.#size + this.#files.size);
  }

  clear(): void {
    this.forget();
    this.#locked.clear();
  }

  /** Gives up all that it keeps. Requests that work on one go on. */
  forget(): void {
    this.#responses.clear();
    this.#conversations.clear();
    this.#files.clear();
    this.#size = 0;
    this.#budget?.resize(this, 0);
  }

  /** The response of that id, unless only another connection has it. */
  #stored(id: string, holder?: string): Kept | undefined {
    const kept = this.#responses.get(id);
    return kept?.response.holder === undefined || kept.response.holder === holder ? kept : undefined;
  }

  #findTurn({ previous, holder, conversation, items, answers }: Extract<StoreReference, { about: 'turn' }>): StoreFinding {
    const before = previous === undefined ? undefined : this.#stored(previous, holder);
    if (previous !== undefined && before === undefined) return { is: 'missing', what: 'previous response', id: previous };
    const talk = conversation === undefined ? undefined : this.#conversations.get(conversation)?.conversation;
    if (conversation !== undefined) {
      if (talk === undefined) return { is: 'missing', what: 'conversation', id: conversation };
      if (this.#locked.has(conversation)) return { is: 'locked' };
    }
    const lost = items.find((id) => !this.#hasItem(id));
    if (lost !== undefined) return { is: 'missing', what: 'item', id: lost };
    const context = before?.response.context ?? talk?.context;
    if (context === undefined) return { is: 'turn', context: NOTHING_SAID };
    const uncalled = answers.find((call) => !context.openCalls.includes(call));
    if (uncalled !== undefined) return { is: 'missing', what: 'call', id: uncalled };
    const unanswered = context.openCalls.find((call) => !answers.includes(call));
    return unanswered === undefined ? { is: 'turn', context } : { is: 'missing', what: 'output', id: unanswered };
  }

  /** Whether a response or a conversation has the item. Ids of one response share a key, which leaves few to look at. */
  #hasItem(id: string): boolean {
    const key = keyOf(id);
    const quoted = JSON.stringify(id);
    for (const [responseId, { response }] of this.#responses) {
      if (keyOf(responseId) === key && response.holder === undefined && response.text.includes(quoted)) return true;
    }
    for (const { conversation } of this.#conversations.values()) {
      if (conversation.items.some((item) => item.id === id)) return true;
    }
    return false;
  }

  #turnsOf(kept: Kept): readonly FoundTurn[] {
    const turns: FoundTurn[] = [];
    let turn: Kept | undefined = kept;
    while (turn !== undefined) {
      const { response, request }: Kept = turn;
      turns.push({ id: response.id, input: inputOf(this.#parse(request)), answer: turn === kept ? undefined : response.text });
      turn = response.previous === undefined ? undefined : this.#responses.get(response.previous);
    }
    return turns.reverse();
  }

  #keep(response: StoredResponse, request: Uint8Array): void {
    const events = response.background?.events.reduce((total, { data }) => total + data.length, 0) ?? 0;
    const size = response.text.length + request.byteLength + events;
    this.#forgetResponse(response.id);
    this.#responses.set(response.id, { response, request, size });
    this.#size += size;
    this.#makeRoom();
  }

  #cancel(id: string): void {
    const kept = this.#responses.get(id);
    const background = kept?.response.background;
    if (kept === undefined || background === undefined) return;
    this.#responses.set(id, { ...kept, response: { ...kept.response, background: { ...background, isCancelled: true } } });
  }

  #keepConversation(conversation: StoredConversation): void {
    const { id } = conversation;
    const size = JSON.stringify(conversation).length;
    this.#size += size - (this.#conversations.get(id)?.size ?? 0);
    this.#conversations.set(id, { conversation, size });
    this.#makeRoom();
  }

  #makeRoom(): void {
    while (this.#responses.size > MAX_KEPT || (this.#size > MAX_SIZE && this.#responses.size > 0)) {
      for (const oldest of this.#responses.keys()) {
        this.#forgetResponse(oldest);
        break;
      }
    }
    while (this.#conversations.size > MAX_KEPT || (this.#size > MAX_SIZE && this.#conversations.size > 0)) {
      for (const oldest of this.#conversations.keys()) {
        this.#forgetConversation(oldest);
        break;
      }
    }
  }

  #forgetResponse(id: string): void {
    this.#size -= this.#responses.get(id)?.size ?? 0;
    this.#responses.delete(id);
  }

  #forgetConversation(id: string): void {
    this.#size -= this.#conversations.get(id)?.size ?? 0;
    this.#conversations.delete(id);
  }
}

function changed(
  conversation: StoredConversation,
  change: Extract<StoreChange, { change: 'label conversation' | 'add items' | 'delete item' }>,
): StoredConversation {
  const { items } = conversation;
  switch (change.change) {
    case 'label conversation':
      return { ...conversation, metadata: change.metadata };
    case 'add items':
      return { ...conversation, items: [...items, ...change.items], context: change.context ?? conversation.context };
    case 'delete item':
      return { ...conversation, items: items.filter(({ id }) => id !== change.item) };
  }
}

/** What the ids of a response and of its items have in common: the 16 digits behind the letters (wire-responses.md 1.3). */
function keyOf(id: string): string {
  const start = id.indexOf('_') + 1;
  return id.slice(start, start + 16);
}

function inputOf(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'input' in body ? body.input : undefined;
}
