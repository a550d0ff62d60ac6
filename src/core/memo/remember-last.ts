/** What was given the last time, and what was found then. */
interface Last<Given, Found> {
  readonly given: Given;
  readonly found: Found;
}

/**
 * The same function, which gives what it found the last time when it is asked the same again. It must depend on what it is
 * given alone. `isSame` compares what is given now with what was given, and found, then.
 */
export function rememberLast<Given, Found>(
  find: (given: Given) => Found,
  isSame: (now: Given, last: Last<Given, Found>) => boolean = isIdentical,
): (given: Given) => Found {
  let last: Last<Given, Found> | undefined;
  return (given) => {
    if (last === undefined || !isSame(given, last)) last = { given, found: find(given) };
    return last.found;
  };
}

function isIdentical<Given>(now: Given, { given }: Last<Given, unknown>): boolean {
  return now === given;
}
