import { nextTurn } from '../../session/next-turn.ts';

/** Characters of one piece. */
const PIECE_LENGTH = 32 * 1_024;

/** A JSON object that begins with a list, piece by piece: other requests are answered in between. `rest` stands behind the list. */
export async function* jsonList(
  name: string,
  items: Iterable<object>,
  rest: () => object = () => ({}),
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let piece = `{${JSON.stringify(name)}:[`;
  let comma = '';
  for (const item of items) {
    piece += `${comma}${JSON.stringify(item)}`;
    comma = ',';
    if (piece.length < PIECE_LENGTH) continue;
    yield encoder.encode(piece);
    piece = '';
    await nextTurn();
  }
  const behind = JSON.stringify(rest()).slice(1);
  yield encoder.encode(`${piece}]${behind === '}' ? '' : ','}${behind}`);
}
