/** The same function, which finds something once for each object, and remembers it as long as the object is in use. */
export function perObject<Key extends object, Found>(find: (key: Key) => Found): (key: Key) => Found {
  const known = new WeakMap<Key, { readonly found: Found }>();
  return (key) => {
    let cell = known.get(key);
    if (cell === undefined) known.set(key, (cell = { found: find(key) }));
    return cell.found;
  };
}
