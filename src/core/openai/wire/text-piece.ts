import { BoundedMemo } from '../../memo/bounded-memo.ts';
import { utf8Length } from '../../text/utf8.ts';

/** A piece of a text as the events of a stream have it. */
export interface TextPiece {
  readonly json: string;
  /** Unicode characters of the piece itself. */
  readonly characters: number;
  /** Unicode characters of the JSON. */
  readonly length: number;
  /** Of the JSON in UTF-8. */
  readonly bytes: number;
}

/** Pieces that were put into JSON before: texts are made of few. */
const pieces = new BoundedMemo<string, TextPiece>(5_000);

/** The piece as it is sent. */
export function textPiece(piece: string): TextPiece {
  return pieces.get(piece, print);
}

function print(piece: string): TextPiece {
  const json = JSON.stringify(piece);
  return { json, characters: characters(piece), length: characters(json), bytes: utf8Length(json) };
}

/** Unicode characters: a surrogate pair is one. */
export function characters(text: string): number {
  let pairs = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0xd800 && code < 0xdc00) pairs += 1;
  }
  return text.length - pairs;
}
