import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BodyRewriter, choiceByChoice, onSeveralLines } from '../../../src/core/openai/dialects/azure/body-rewriter.ts';

/** What a rewriter makes of a text that comes in pieces of so many characters. */
function written(rewriter: BodyRewriter, text: string, size: number): string {
  let all = '';
  for (let at = 0; at < text.length; at += size) all += [...rewriter.push(text.slice(at, at + size))].join('');
  return all + rewriter.end();
}

const size = fc.integer({ min: 1, max: 40 });
const indent = fc.constantFrom(0, 2);

test('a body on several lines is that of JSON.stringify, wherever its pieces end', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), indent, size, (value, spaces, each) => {
      const body = { object: 'list', data: [value], empty: [{}, []] };
      const text = JSON.stringify(body, null, spaces);
      expect(written(onSeveralLines(), text, each)).toBe(`${JSON.stringify(body, null, 2)}\n`);
    }),
  );
});

test('choices are found one by one, and the rest of the body, wherever its pieces end', () => {
  const choice = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 });
  fc.assert(
    fc.property(
      fc.array(choice, { maxLength: 4 }),
      fc.jsonValue({ maxDepth: 2 }),
      indent,
      fc.tuple(size, fc.boolean()),
      (choices, other, spaces, [each, isLast]) => {
        const text = JSON.stringify(
          isLast ? { id: other, choices } : { id: 'a', choices, usage: { choices: [{ a: other }] } },
          null,
          spaces,
        );
        const printer = { choice: JSON.stringify, rest: JSON.stringify };
        const { id, usage } = JSON.parse(text) as Record<string, unknown>;
        expect(JSON.parse(written(choiceByChoice(printer), text, each))).toEqual(
          JSON.parse(JSON.stringify({ id, choices, usage })),
        );
      },
    ),
  );
});
