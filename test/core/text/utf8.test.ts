import fc from 'fast-check';
import { expect, test } from 'vitest';
import { utf8Bytes, utf8Length } from '../../../src/core/text/utf8.ts';

test('lengths and bytes are those of UTF-8, lone surrogates included', () => {
  const unit = fc.oneof(fc.string({ unit: 'binary', maxLength: 8 }), fc.constantFrom('\ud83d', '\ude00', '😀', 'ä', '漢'));
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 20 }), (units) => {
      const text = units.join('');
      expect(utf8Length(text)).toBe(Buffer.byteLength(text));
      expect(Buffer.from(utf8Bytes(text))).toEqual(Buffer.from(text));
    }),
  );
});
