import { addCode, addSampled, beginHash, endHash } from './text-hash.ts';

/** Who speaks in a conversation; `developer` is `system`, and `function` is `tool`. */
export const speakers = ['system', 'user', 'assistant', 'tool'] as const;

export type Speaker = (typeof speakers)[number];

/** A message, an item of an input, or instructions, as a conversation has it. */
export interface Said {
  readonly speaker: Speaker;
  /** What was said; of a call of a tool nothing. */
  readonly text: string;
}

/** The speaker that a role stands for; undefined for a role that no API has. */
export function speakerOf(role: unknown): Speaker | undefined {
  if (role === 'developer') return 'system';
  if (role === 'function') return 'tool';
  return speakers.find((speaker) => speaker === role);
}

/** What is asked of a conversation. */
export interface Conversation {
  /** The texts of the system, one a line. */
  readonly system: string;
  /** Who spoke last; undefined where nobody did. */
  readonly lastRole: Speaker | undefined;
  /** The answer of the model that is asked for: 1 is the first. */
  readonly turn: number;
  /** The results of tools at its end, in order. */
  readonly toolResults: readonly string[];
  /** Hashes of what was said, but by the system: in all, and before the last answer; of that undefined where there is no answer. */
  readonly hashes: { readonly said: string; readonly before: string | undefined };
}

/** What is so of what was said; undefined where there is no conversation. */
export function conversationIn(thread: readonly Said[] | undefined): Conversation | undefined {
  return (
    thread && {
      system: systemText(thread),
      lastRole: thread.at(-1)?.speaker,
      turn: turnOf(thread),
      toolResults: toolResultsAtEnd(thread),
      get hashes() {
        return hashesOf(thread);
      },
    }
  );
}

/** The answer of the model that a request asks for: 1 for the first. Answers that follow each other at once are one; one that is begun is not counted. */
function turnOf(thread: readonly Said[]): number {
  let answers = 0;
  for (const [place, { speaker }] of thread.entries()) {
    const next = thread[place + 1]?.speaker;
    if (speaker === 'assistant' && next !== undefined && next !== 'assistant') answers += 1;
  }
  return answers + 1;
}

/** The results of tools at the end of what was said, in order. */
function toolResultsAtEnd(thread: readonly Said[]): string[] {
  const before = thread.findLastIndex(({ speaker }) => speaker !== 'tool');
  return thread.slice(before + 1).map(({ text }) => text);
}

/** The texts of the system, one a line. */
function systemText(thread: readonly Said[]): string {
  return thread.flatMap(({ speaker, text }) => (speaker === 'system' ? [text] : [])).join('\n');
}

/** An answer that is begun at the end is none. The last answer is what the assistant said or called, with the results of its calls. */
function hashesOf(thread: readonly Said[]): Conversation['hashes'] {
  const said = thread.filter(({ speaker }) => speaker !== 'system');
  const whole = said.slice(0, beginningOfAnswer(said, said.length) || said.length);
  const answered = whole.findLastIndex(({ speaker }) => speaker === 'assistant') + 1;
  const asked = beginningOfAnswer(whole, answered);
  return { said: hashOf(whole), before: answered === 0 ? undefined : hashOf(whole.slice(0, asked)) };
}

/** Where the answer begins that ends at `end`: there, if none does. */
function beginningOfAnswer(thread: readonly Said[], end: number): number {
  let place = end;
  while (place > 0 && thread[place - 1]?.speaker === 'assistant') place -= 1;
  return place;
}

const MAX_HASHED = 100_000;

function hashOf(thread: readonly Said[]): string {
  beginHash();
  for (const { speaker, text } of thread) {
    addCode(speakers.indexOf(speaker));
    addSampled(text, MAX_HASHED);
  }
  return endHash().join(' ');
}
