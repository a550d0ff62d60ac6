/** What stands for a whole number that is printed with a decimal point. */
const FLOAT = /"\\u0000(-?\d+)\.0\\u0000"/g;
const FLOAT_MARK = '\\u0000';
const BEYOND_ASCII = /[\u0080-\uffff]/;
const ALL_BEYOND_ASCII = /[\u0080-\uffff]/g;

/** A number that the service keeps as a float: a whole one is printed `1.0` by {@link printed}. */
export function float(value: number): number {
  return Number.isInteger(value) ? (`\u0000${value}.0\u0000` as unknown as number) : value;
}

/** The value as JSON on one line, as events have it: UTF-8 as it is. */
export function printed(value: unknown): string {
  return withFloats(JSON.stringify(value));
}

/** The value as a body in one piece has it: 2 spaces, no newline at the end, ASCII alone (wire-responses.md 1). */
export function printedBody(value: unknown): string {
  return inAscii(withFloats(JSON.stringify(value, null, 2)));
}

function withFloats(json: string): string {
  return json.includes(FLOAT_MARK) ? json.replace(FLOAT, '$1.0') : json;
}

function inAscii(json: string): string {
  return BEYOND_ASCII.test(json) ? json.replace(ALL_BEYOND_ASCII, escaped) : json;
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
