/** The parameters of a query; of a name that comes several times the last. `include[]=a` is named `include[]`. */
export function parametersOf(query: string | undefined): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const pair of (query ?? '').split('&')) {
    if (pair === '') continue;
    const end = pair.indexOf('=');
    const text = pair.replaceAll('+', ' ');
    parameters.set(decoded(end < 0 ? text : text.slice(0, end)), end < 0 ? '' : decoded(text.slice(end + 1)));
  }
  return parameters;
}

/** The segment behind the first one of that name: `resp_1` of `/v1/responses/resp_1/cancel` behind `responses`. */
export function segmentBehind(name: string, path: string): string {
  const segments = path.split('/');
  return decoded(segments[segments.indexOf(name) + 1] ?? '');
}

export function lastSegment(path: string): string {
  return decoded(path.slice(path.lastIndexOf('/') + 1));
}

/** A text that is no good encoding stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
