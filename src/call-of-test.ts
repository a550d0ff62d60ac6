type Environment = Readonly<Record<string, string | undefined>>;

/** What is behind the origin in an address of the mock: a session, and the base path of a dialect. */
const BASE_PATH = /^(\/s\/[^/]+)?((?:\/openai)?(?:\/v1)?)$/;

/**
 * The variables of an environment that hold an address of the mock, each with the call named in it: requests are then
 * attempts of that call. `origin` is that of the mock, as `run` hands it on in MOCK_OPENAI_ORIGIN.
 */
export function variablesOfCall(environment: Environment, origin: string, call: string): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [name, value = ''] of Object.entries(environment)) {
    if (!value.startsWith(origin) || name === 'MOCK_OPENAI_ORIGIN') continue;
    const [isAddress, session = '/s/default', base = ''] = BASE_PATH.exec(value.slice(origin.length)) ?? [];
    if (isAddress !== undefined) variables[name] = `${origin}${session}/c/${encodeURIComponent(call)}${base}`;
  }
  return variables;
}

/** What a test runner tells of the test that runs. */
interface TestState {
  readonly currentTestName?: string | undefined;
  readonly testPath?: string | undefined;
}

/**
 * Names the test that runs in the addresses of `environment`, which `run` has put there. Returns what takes the name out
 * again. Does nothing where no mock of `run` is there.
 */
export function nameCall(environment: Record<string, string | undefined>, folder: string, state: TestState): () => void {
  const origin = environment['MOCK_OPENAI_ORIGIN'];
  if (origin === undefined || state.currentTestName === undefined) return () => {};
  const file = state.testPath?.startsWith(folder) ? state.testPath.slice(folder.length + 1) : (state.testPath ?? '');
  const before = { ...environment };
  const variables = variablesOfCall(environment, origin, `${file} > ${state.currentTestName}`);
  Object.assign(environment, variables);
  return () => {
    for (const name of Object.keys(variables)) environment[name] = before[name];
  };
}
