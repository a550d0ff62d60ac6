/** The beginning of a text, in UTF-16 units. No character is cut in two. */
export function firstUnits(text: string, length: number): string {
  if (text.length <= length) return text;
  const isSplit = length > 0 && /[\ud800-\udbff]/.test(text.charAt(length - 1));
  return text.slice(0, isSplit ? length - 1 : length);
}
