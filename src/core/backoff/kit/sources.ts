/** Where good retrying is said, as findings cite it: a name, and an address that a reader can open. */
export const sources = {
  retryAfter: 'RFC 9110 §10.2.3, https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3',
  httpDate: 'RFC 9110 §5.6.7, https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7',
  idempotentMethods: 'RFC 9110 §9.2.2, https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2',
  retriedConnections: 'RFC 9112 §9.3.1, https://www.rfc-editor.org/rfc/rfc9112#section-9.3.1',
  unprocessedStreams: 'RFC 9113 §8.7, https://www.rfc-editor.org/rfc/rfc9113#section-8.7',
  rateLimitFields: 'IETF draft RateLimit fields, https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/',
  idempotencyKey: 'IETF draft Idempotency-Key, https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/',
  errorCodes: 'OpenAI, Error codes, https://platform.openai.com/docs/guides/error-codes',
  rateLimits: 'OpenAI, Rate limits, https://platform.openai.com/docs/guides/rate-limits',
  cookbook: 'OpenAI Cookbook, How to handle rate limits, https://cookbook.openai.com/examples/how_to_handle_rate_limits',
  sdk: 'openai-node, https://github.com/openai/openai-node',
  retryAfterMs: 'openai-python #1102, https://github.com/openai/openai-python/issues/1102',
  jitter: 'AWS, Exponential Backoff And Jitter, https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/',
  timeouts:
    'AWS Builders’ Library, Timeouts, retries and backoff with jitter, https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/',
  overload: 'Google SRE, Handling Overload, https://sre.google/sre-book/handling-overload/',
  cascading: 'Google SRE, Addressing Cascading Failures, https://sre.google/sre-book/addressing-cascading-failures/',
  budget: 'Brooker, Fixing retries with token buckets, https://brooker.co.za/blog/2022/02/28/retries.html',
  transientFaults:
    'Azure, Transient fault handling, https://learn.microsoft.com/en-us/azure/architecture/best-practices/transient-faults',
  retryStorm: 'Azure, Retry Storm antipattern, https://learn.microsoft.com/en-us/azure/architecture/antipatterns/retry-storm/',
  timers: 'Node.js, setTimeout, https://nodejs.org/api/timers.html#settimeoutcallback-delay-args',
  metastable: 'Metastable Failures in the Wild, https://www.usenix.org/conference/osdi22/presentation/huang-lexiang',
} as const;
