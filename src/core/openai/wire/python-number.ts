/**
 * A number as Python prints it, which OpenAI's words quote: `inf` for what is too large to be one, two digits of exponent.
 * How the client wrote it is not known: what was an integer of 22 digits or more is printed as the float nearest to it.
 */
export function pythonNumber(value: number | bigint): string {
  if (value === Number.POSITIVE_INFINITY) return 'inf';
  if (value === Number.NEGATIVE_INFINITY) return '-inf';
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2');
}
