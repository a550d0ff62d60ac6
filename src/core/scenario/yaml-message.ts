/** What the YAML parser calls a mistake: the beginning of its message → the same in words of the file, and what to do. */
const PLAINER: readonly (readonly [beginning: string, message: string])[] = [
  [
    'Sequence item without - indicator',
    'this line belongs to no item of the list above: begin it with "- ", or indent it as far as the first key of the item',
  ],
  [
    'All mapping items must start at the same column',
    'this line is indented unlike the keys above it: the keys of one mapping begin in the same column',
  ],
  [
    'Nested mappings are not allowed in compact mappings',
    'a second "key: value" where one value was expected: the next line is indented too far, or a text with ": " lacks its quotes',
  ],
  [
    'A block sequence may not be used as an implicit map key',
    'this item of a list is indented unlike the items above it: the "- " of one list begin in the same column',
  ],
  ['Implicit keys need to be on a single line', 'expected "key: value", with a colon and a space'],
  ['Flow map in block collection must', 'a { above is not closed before this line'],
  ['Flow sequence in block collection must', 'a [ above is not closed before this line'],
  ['Alias cannot be an empty string', 'a * by itself goes in quotes: "*"'],
];

/** What is wrong with a text as YAML, in one line. */
export function yamlMessage(code: string, message: string): string {
  if (code === 'MULTIPLE_DOCS') return 'invalid YAML: expected one document, found a second one';
  const first = message.split('\n', 1)[0] ?? '';
  const plainer = PLAINER.find(([beginning]) => first.startsWith(beginning))?.[1];
  const advice = code === 'BAD_SCALAR_START' ? ': put the text in quotes' : '';
  return `invalid YAML: ${plainer ?? first + advice}`;
}

interface YamlError {
  readonly code: string;
  readonly pos: readonly [number, number];
}

/** Errors without those that only follow from another at the same line: the parser tells one slip of indentation as two or three. */
export function withoutEchoes<E extends YamlError>(errors: readonly E[], lineOf: (offset: number) => number): E[] {
  const echoes = new Set(['MULTILINE_IMPLICIT_KEY', 'MISSING_CHAR']);
  const first = new Map<number, E>();
  return errors.filter((error) => {
    const line = lineOf(error.pos[0]);
    const earlier = first.get(line);
    if (earlier === undefined) first.set(line, error);
    return earlier === undefined || !(earlier.code === 'BLOCK_AS_IMPLICIT_KEY' && echoes.has(error.code));
  });
}
