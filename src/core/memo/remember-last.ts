/**
 * The same function, which gives what it found the last time when it is asked the same again. It must depend on what it is
 * given alone. `isSame` compares what is given now with what was given then.
 */
export function rememberLast<Given, Found>(
  find: (given: Given) => Found,
  isSame: (now: Given, then: Given) => boolean = isIdentical,
): (given: Given) => Found {
  let last: { readonly given: Given; readonly found: Found } | undefined;
  return (given) => {
    if (last === undefined || !isSame(given, last.given)) last = { given, found: find(given) };
    return last.found;
  };
}

function isIdentical(now: unknown, then: unknown): boolean {
  return now === then;
}
