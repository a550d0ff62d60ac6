/** The text with times, and ids that begin with one, blotted out; as long as before, wherever it is cut. */
export function timeless(text: string): string {
  return text
    .replaceAll(/(?<="created": ?)\d+/g, (digits) => '1'.repeat(digits.length))
    .replaceAll(/(?<=cmpl-)\w+/g, (id) => 'x'.repeat(id.length));
}
