/** Why a service or a session has no rule that takes the server down. It stands alone: a server without a scenario loads no checks. */
export const OF_THE_SERVER =
  'takes down the whole server: it belongs into the rules of its scenario, not of a provider or a session';
