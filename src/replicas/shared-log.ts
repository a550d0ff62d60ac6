import { deserialize, serialize } from 'node:v8';
import type { FromWorker } from '../cluster/messages.ts';
import { pack, unpack } from '../cluster/packing.ts';
import { ADD, BEAT, JOIN, TAKE_OUT } from './log-scripts.ts';
import type { ReplicaMessage } from './replica-message.ts';
import { type Script, type StoreLink, scriptOf } from './store-link.ts';

/** The replica that is heard of no more for so long is dead. */
export const LEASE_MS = 5_000;
/** What nobody uses for so long is forgotten. */
const LIFE_MS = 7 * 24 * 3_600_000;
/** What the keys of a mock in the store begin with. */
export const PREFIX = 'mock-openai';
/** Entries that are read at once: requests wait as long as they are carried out. */
const READ_AT_ONCE = 100;
/** Batches whose entries are waited for: one is on its way at a time, and may be sent again. */
const REMEMBERED = 4;
/** So long the store keeps us waiting for an entry. */
const BLOCK_MS = 1_000;

/** One entry of the log. */
export interface LogEntry {
  /** From 1, without a gap. */
  readonly n: number;
  readonly replica: string;
  /** When the store took it: milliseconds since the epoch. */
  readonly storeMs: number;
  /** Read when it is asked for: entries may come twice. Undefined: the replica is no more. */
  messages(): readonly ReplicaMessage[] | undefined;
}

/** What is said of a log by its name. */
export interface JoinedLog {
  readonly run: string;
  /** Milliseconds since the epoch, by the store's clock. */
  readonly began: number;
  /** The number of its newest entry. */
  readonly n: number;
}

export interface Joining {
  readonly protocol: string;
  /** The run that begins where there is no log. */
  readonly run: string;
  /** The hash of the scenario that this replica was started with. */
  readonly scenario: string;
  readonly replica: string;
  readonly first: ReplicaMessage;
}

/** Why a replica cannot join. `theirs` is the protocol of the others. */
export interface Refused {
  readonly refused: 'other protocol' | 'other scenario' | 'cut';
  readonly theirs: string;
}

export interface Beat {
  readonly storeMs: number;
  readonly n: number;
  /** When each replica was last heard of, by the store's clock. */
  readonly heard: ReadonlyMap<string, number>;
  /** Of the log, since it was cut last. */
  readonly bytes: number;
  /** Its beginning is gone: nobody can join. */
  readonly isCut: boolean;
}

/** The newest entry that a replica knows: its number, and when the store took it. */
export type KnownEntry = Pick<LogEntry, 'n' | 'storeMs'>;

/** Why a replica cannot go on: the log is another one, has less than the replica knows, or takes it for dead. */
export type LostLog = 'other run' | 'gap' | 'no member';

export type Added = 'ok' | 'known' | 'late' | LostLog;

const scripts = { join: scriptOf(JOIN), add: scriptOf(ADD), beat: scriptOf(BEAT), takeOut: scriptOf(TAKE_OUT) };

/** The log that the replicas of a mock share: what each of them adds comes to all, in one order. */
export class SharedLog {
  readonly #link: StoreLink;
  readonly #keys: readonly [string, string];
  /** What was added, and has not come back. */
  readonly #added: { readonly payload: Buffer; readonly lists: readonly unknown[] }[] = [];

  /** `prefix` is what its keys begin with; they are in one hash slot. */
  constructor(link: StoreLink, prefix: string) {
    this.#link = link;
    this.#keys = keysOf(prefix);
  }

  async join({ protocol, run, scenario, replica, first }: Joining): Promise<JoinedLog | Refused> {
    const answer = await this.#run(scripts.join, [protocol, run, scenario, replica, packed([first]), String(LEASE_MS)]);
    const [said = '', a = '', b = '', c = ''] = texts(answer);
    if (said === 'joined') return { run: a, began: Number(b), n: Number(c) };
    return { refused: said as Refused['refused'], theirs: a };
  }

  /** Adds a batch. `until`: it is no good after that moment of the store's clock; 0 where it always is. `scenario`: the hash of the one that it brings. */
  async add({ run, replica, batch, until, known, scenario }: Batch, messages: readonly ReplicaMessage[]): Promise<Added> {
    const payload = this.#remember(messages);
    const args = [run, replica, String(batch), String(until), payload, String(known)];
    const answer = await this.#run(scripts.add, scenario === undefined ? args : [...args, scenario]);
    return text(answer) as Added;
  }

  /** Tells that the replica lives, and which entry it knows last. */
  async beat(run: string, replica: string, { n, storeMs }: KnownEntry): Promise<Beat | LostLog> {
    const args = [run, replica, String(LIFE_MS), String(n), storeMs.toFixed(3)];
    const answer = (await this.#run(scripts.beat, args)) as readonly unknown[];
    const said = text(answer[0]);
    if (said !== 'ok') return said as LostLog;
    const fields = texts(answer[3]);
    const heard = new Map<string, number>();
    let bytes = 0;
    let isCut = false;
    for (let at = 0; at + 1 < fields.length; at += 2) {
      const name = fields[at] ?? '';
      if (name.startsWith('l:')) heard.set(name.slice(2), Number(fields[at + 1]));
      else if (name === 'bytes') bytes = Number(fields[at + 1]);
      else if (name === 'cut') isCut = true;
    }
    return { storeMs: Number(text(answer[1])), n: Number(text(answer[2])), heard, bytes, isCut };
  }

  /** Takes a replica out that is silent for longer than its lease, or whatever its lease: then it leaves by itself. */
  async takeOut(run: string, replica: string, how: 'silent' | 'leaves'): Promise<void> {
    await this.#run(scripts.takeOut, [run, replica, String(how === 'silent' ? LEASE_MS : 0)]);
  }

  /** The entries after that one, of which many more may follow. `waits`: for up to a second where there are none. */
  async after(n: number, waits: 'waits' | 'at once'): Promise<LogEntry[]> {
    const blocks = waits === 'waits' ? ['BLOCK', String(BLOCK_MS)] : [];
    const command = ['XREAD', 'COUNT', String(READ_AT_ONCE), ...blocks, 'STREAMS', this.#keys[0], `${n}-1`];
    const answer = (await this.#link.send(command)) as readonly [readonly [unknown, readonly RawEntry[]]] | null;
    return answer === null ? [] : answer[0][1].map((entry) => this.#entryOf(entry));
  }

  /** Packs what is added; its entry is not read again when it comes back. */
  #remember(messages: readonly ReplicaMessage[]): Buffer {
    const lists = messages.map((message) => pack(message as FromWorker));
    const payload = serialize(lists);
    this.#added.push({ payload, lists });
    if (this.#added.length > REMEMBERED) this.#added.shift();
    return payload;
  }

  #entryOf([id, fields]: RawEntry): LogEntry {
    const [, replica = '', , time = '', , payload] = fields;
    return {
      n: Number.parseInt(String(id), 10),
      replica: String(replica),
      storeMs: Number(String(time)),
      messages: () => (payload === undefined || payload.length === 0 ? undefined : unpacked(this.#listsIn(payload))),
    };
  }

  #listsIn(payload: Buffer): readonly unknown[] {
    const own = this.#added.findIndex((added) => added.payload.equals(payload));
    if (own < 0) return deserialize(payload) as unknown[];
    const [added] = this.#added.splice(own, 1);
    return added?.lists ?? [];
  }

  #run(script: Script, args: readonly (string | Buffer)[]): Promise<unknown> {
    return this.#link.run(script, this.#keys, args);
  }
}

/** The log and what is known of it, in one hash slot. */
export function keysOf(prefix: string): readonly [string, string] {
  return [`${prefix}:{world}:log`, `${prefix}:{world}:state`];
}

/** A batch of messages, and who adds it. */
export interface Batch {
  readonly run: string;
  readonly replica: string;
  readonly batch: number;
  readonly until: number;
  /** The newest entry that the replica knows. */
  readonly known: number;
  readonly scenario?: string | undefined;
}

type RawEntry = readonly [Buffer, readonly Buffer[]];

function packed(messages: readonly ReplicaMessage[]): Buffer {
  return serialize(messages.map((message) => pack(message as FromWorker)));
}

function unpacked(lists: readonly unknown[]): ReplicaMessage[] {
  return lists.map((message) => unpack<FromWorker>(message));
}

function text(answer: unknown): string {
  return String(answer);
}

function texts(answer: unknown): string[] {
  return (answer as readonly unknown[]).map(text);
}
