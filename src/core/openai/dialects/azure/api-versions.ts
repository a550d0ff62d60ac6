/**
 * Versions of the classic surface that were published: https://github.com/Azure/azure-rest-api-specs, data-plane/AzureOpenAI,
 * and https://learn.microsoft.com/azure/ai-services/openai/api-version-lifecycle. Which of them Azure has since retired is not told
 * apart.
 */
const PUBLISHED: ReadonlySet<string> = new Set([
  '2022-03-01-preview',
  '2022-06-01-preview',
  '2022-12-01',
  '2023-03-15-preview',
  '2023-05-15',
  '2023-06-01-preview',
  '2023-07-01-preview',
  '2023-08-01-preview',
  '2023-09-01-preview',
  '2023-10-01-preview',
  '2023-12-01-preview',
  '2024-02-01',
  '2024-02-15-preview',
  '2024-03-01-preview',
  '2024-04-01-preview',
  '2024-05-01-preview',
  '2024-06-01',
  '2024-07-01-preview',
  '2024-08-01-preview',
  '2024-09-01-preview',
  '2024-10-01-preview',
  '2024-10-21',
  '2024-12-01-preview',
  '2025-01-01-preview',
  '2025-02-01-preview',
  '2025-03-01-preview',
  '2025-04-01-preview',
]);

/** A version that clients can use for all that is served: what `run` sets. */
export const CLASSIC_API_VERSION = '2025-04-01-preview';

/** The first one with the Responses API (wire-responses.md 8.2). */
const FIRST_WITH_RESPONSES = '2025-03-01';

const DATED = /^\d{4}-\d{2}-\d{2}(?:-preview)?$/;
/** What the v1 surface takes (wire-responses.md 8.1). */
const OF_V1: ReadonlySet<string> = new Set(['v1', 'preview']);

/** Whether the text has the form of a version of the classic surface. */
export function isDated(version: string): boolean {
  return DATED.test(version);
}

export function isPublished(version: string): boolean {
  return PUBLISHED.has(version);
}

export function hasResponses(version: string): boolean {
  return version >= FIRST_WITH_RESPONSES;
}

/** Whether the v1 surface takes the version. What it says to a published one of the classic surface is unverified: it is let through. */
export function isTakenByV1(version: string | undefined): boolean {
  return version === undefined || version === '' || OF_V1.has(version) || isPublished(version);
}
