/** What goes to the process between the clients and a gateway. */
export interface ToGatewayFront {
  /** Tell all that was seen until now. */
  readonly type: 'tell';
}

/** What comes back. */
export type FromGatewayFront =
  | { readonly type: 'ready' }
  /** Where the clients find it; told before `ready`. */
  | { readonly type: 'listening'; readonly port: number }
  /** Calls that sent a request since, one name for each request, and the statuses that the gateway answered with; null without one. */
  | { readonly type: 'seen'; readonly sent: readonly string[]; readonly answers: readonly (number | null)[] }
  /** All that was seen until the order has been told. */
  | { readonly type: 'told' };
