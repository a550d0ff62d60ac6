/** A call of the mock that lacks its session; the second is made by putting it behind a base URL. */
const CALL_ALONE = /^(?:\/v1)?(\/c\/[^/]+)(?=\/|$)/;

/** `/s/default/c/one/v1/models` for `/c/one/v1/models` and `/v1/c/one/v1/models`, which the mock does not know; undefined for every other path. */
export function pathWithSession(path: string): string | undefined {
  const [alone, call] = CALL_ALONE.exec(path) ?? [];
  return alone === undefined ? undefined : `/s/default${call}${path.slice(alone.length)}`;
}
