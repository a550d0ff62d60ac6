import { parametersOf } from '../../request/query.ts';
import type { Address, Routed } from '../dialect.ts';
import { hasResponses, isDated, isPublished, isTakenByV1 } from './api-versions.ts';
import { badRequest } from './azure-errors.ts';
import { azureClassic, azureV1 } from './dialects.ts';

/** Operations below `/openai/deployments/{deployment}/`; all others have no deployment in their path (wire-responses.md 8.1, 8.5). */
const OF_DEPLOYMENTS = /^(?:chat\/completions|completions|embeddings|audio\/|images\/|batches)/;
/** Those of the classic surface that name no deployment in their path. That it has more than Responses, files, batches, models and assistants is unverified. */
const WITHOUT_DEPLOYMENT =
  /^(?:responses|conversations|files|batches|models|assistants|threads|vector_stores|uploads|evals|fine_tuning|realtime)(?:\/|$)/;
const BELOW_OPENAI = /^\/+openai\/+(.*)$/;
const BELOW_DEPLOYMENT = /^deployments\/([^/]+)\/(.*)$/;
const API_VERSION = 'api-version';

/**
 * Where a request to Azure goes: what lies below `/openai/`, and what a client of Azure asks of a base URL that ends in `/v1`.
 * Undefined for what is OpenAI's.
 */
export function route({ path, query, headers }: Address, isAlone: boolean): Routed | undefined {
  if (!isAlone && path.startsWith('/v1/')) {
    if (query === undefined || !query.includes(API_VERSION)) return undefined;
    // OpenAI has no deployments: a client that asks for one is a client of Azure, whatever its credential.
    if (headers['api-key'] === undefined && !path.startsWith('/v1/deployments/')) return undefined;
    return belowV1(path.slice('/v1/'.length), query);
  }
  const below = BELOW_OPENAI.exec(path)?.[1];
  if (below === undefined) return isAlone ? nowhere(path) : undefined;
  // Clients that glue a base URL and a path together double slashes: Azure takes them for one.
  const place = below.replaceAll(/\/{2,}/g, '/');
  return place.startsWith('v1/') ? onV1(place.slice('v1/'.length), versionIn(query)) : onClassic(place, versionIn(query));
}

/** The base URL of OpenAI was given to a client of Azure, which puts its own paths behind it. */
function belowV1(place: string, query: string): Routed {
  const version = versionIn(query);
  const isClassic = version !== undefined && isDated(version);
  const isOfClassic = place.startsWith('deployments/') || WITHOUT_DEPLOYMENT.test(place);
  return isClassic && isOfClassic ? onClassic(place, version) : onV1(place, version);
}

function onV1(place: string, version: string | undefined): Routed {
  return {
    dialect: azureV1,
    path: `/v1/${place}`,
    misdirected: isTakenByV1(version) ? undefined : badRequest('API version not supported'),
  };
}

/** Without a version, or with one that is none by its form, nothing is found. */
function onClassic(place: string, version: string | undefined): Routed {
  if (version === undefined || !isDated(version)) return { dialect: azureClassic, path: NOWHERE };
  const [, deployment, operation] = BELOW_DEPLOYMENT.exec(place) ?? [];
  if (deployment !== undefined && operation !== undefined) {
    if (!OF_DEPLOYMENTS.test(operation)) return { dialect: azureClassic, path: NOWHERE };
    const isOne = operation !== 'batches';
    return {
      dialect: azureClassic,
      path: `/v1/${operation}`,
      deployment: isOne ? decoded(deployment) : undefined,
      misdirected: versionError(operation, version),
    };
  }
  if (!WITHOUT_DEPLOYMENT.test(place)) return { dialect: azureClassic, path: NOWHERE };
  return { dialect: azureClassic, path: `/v1/${place}`, misdirected: versionError(place, version) };
}

function versionError(place: string, version: string): Routed['misdirected'] {
  if (!isPublished(version)) return badRequest('API version not supported');
  if (!place.startsWith('responses') || hasResponses(version)) return undefined;
  return badRequest('Azure OpenAI Responses API is enabled only for api-version 2025-03-01-preview and later');
}

/** The path of OpenAI for the same operation; undefined for what is neither below `/openai/` nor of a deployment. */
export function counterpart(path: string): string | undefined {
  const below = BELOW_OPENAI.exec(path)?.[1]?.replaceAll(/\/{2,}/g, '/');
  const place = below ?? (path.startsWith('/v1/deployments/') ? path.slice('/v1/'.length) : undefined);
  if (place === undefined) return undefined;
  return `/v1/${place.replace(/^v1\//, '').replace(/^deployments\/[^/]+\//, '')}`;
}

/** No endpoint has this path. */
const NOWHERE = '';

function nowhere(path: string): Routed {
  return { dialect: path.startsWith('/v1') ? azureV1 : azureClassic, path: NOWHERE };
}

function versionIn(query: string | undefined): string | undefined {
  return query === undefined ? undefined : parametersOf(query).get(API_VERSION);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
