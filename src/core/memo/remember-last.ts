/** The same function, which gives what it found the last time when it is asked the same again. It must depend on what it is given alone. */
export function rememberLast<Given, Found>(find: (given: Given) => Found): (given: Given) => Found {
  let last: { readonly given: Given; readonly found: Found } | undefined;
  return (given) => {
    if (last === undefined || last.given !== given) last = { given, found: find(given) };
    return last.found;
  };
}
