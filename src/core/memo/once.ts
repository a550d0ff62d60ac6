/** The same function, which runs no more than once: from then on it gives what it found. */
export function once<Found>(find: () => Found): () => Found {
  let known: { readonly found: Found } | undefined;
  return () => {
    known ??= { found: find() };
    return known.found;
  };
}
