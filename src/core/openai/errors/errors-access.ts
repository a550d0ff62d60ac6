import { maskKey } from '../request/mask-key.ts';
import { pathWithSession } from '../request/path-with-session.ts';
import { apiError, type ErrorAnswer, gatewayError } from './error.ts';

/* Errors of the gateway: whether the body can be read, who asks, and whether what is asked for exists. */

/** wire.md 400-1, layer G, 443 bytes. */
export function invalidJson(): ErrorAnswer {
  return gatewayError(
    400,
    "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library " +
      'correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON. If you have trouble ' +
      'figuring out how to fix this, please contact us through our help center at help.openai.com.)',
  );
}

/** wire.md 400-2. */
export function missingModel(): ErrorAnswer {
  return gatewayError(400, 'you must provide a model parameter');
}

/** wire.md 400-20; its layer is inferred. A 400, not a 415. */
export function unsupportedContentType(contentType: string): ErrorAnswer {
  const type = contentType.replace(/;.*$/s, '').trim();
  return gatewayError(
    400,
    `Unsupported content type: '${type}'. This API method only accepts 'application/json' requests, but you specified ` +
      `the header 'Content-Type: ${contentType}'. Please try again with a supported content type.`,
    { code: 'unsupported_content_type' },
  );
}

/** wire.md 1.2, "no key". */
export function missingApiKey(): ErrorAnswer {
  return gatewayError(
    401,
    "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth " +
      "(i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank username) if you're accessing the " +
      'API from your browser and are prompted for a username and password. You can obtain an API key from ' +
      'https://platform.openai.com/account/api-keys.',
  );
}

/** wire.md 1.2, "wrong key"; 272 bytes for a key of 22 characters. */
export function invalidApiKey(key: string): ErrorAnswer {
  return gatewayError(
    401,
    `Incorrect API key provided: ${maskKey(key)}. ` +
      'You can find your API key at https://platform.openai.com/account/api-keys.',
    { code: 'invalid_api_key' },
  );
}

/** wire.md 1.2, "org header mismatch". */
export function mismatchedOrganization(): ErrorAnswer {
  return gatewayError(401, 'OpenAI-Organization header should match organization for API key', {
    code: 'mismatched_organization',
  });
}

/** wire.md 1.2, "account deactivated". */
export function accountDeactivated(): ErrorAnswer {
  return gatewayError(
    401,
    'The OpenAI account associated with this API key has been deactivated. If you are the developer for this OpenAI ' +
      'app, please check your email for more information. If you are seeing this error while using another app or ' +
      'site, please reach out to them for more help.',
    { code: 'account_deactivated' },
  );
}

/** wire.md 1.2, "restricted key". */
export function missingScopes(scopes: readonly string[]): ErrorAnswer {
  return gatewayError(
    401,
    `You have insufficient permissions for this operation. Missing scopes: ${scopes.join(', ')}. Check that you have ` +
      "the correct role in your organization (Reader, Writer, Owner) and project (Member, Owner), and if you're using " +
      'a restricted API key, that it has the necessary scopes.',
  );
}

/** wire.md 1.3, "project may not use model". */
export function modelForbidden(project: string, model: string): ErrorAnswer {
  return gatewayError(403, `Project \`${project}\` does not have access to model \`${model}\``, { code: 'model_not_found' });
}

/** wire.md 1.3, "unknown model"; 231 bytes for `not-found-TEST_CHAT_MODEL`. */
export function modelNotFound(model: string): ErrorAnswer {
  return gatewayError(404, `The model \`${model}\` does not exist or you do not have access to it.`, { code: 'model_not_found' });
}

/** wire.md 1.3, "GET/DELETE /v1/models/{id}": straight quotes, and a newline at the end that layer A does not print. */
export function modelRetrieveNotFound(model: string): ErrorAnswer {
  return {
    ...apiError(404, `The model '${model}' does not exist`, {
      param: 'model',
      code: 'model_not_found',
    }),
    format: { trailingNewline: true },
    without: ['openai-organization', 'openai-project'],
  };
}

/**
 * wire.md 1.3, "unknown path under /v1" and "path without /v1" (key order type, code, message, param). The first is the
 * wording of 2023, not confirmed since. A URL of the mock that lacks its session is told what it lacks.
 */
export function unknownUrl(method: string, path: string): ErrorAnswer {
  const meant = pathWithSession(path);
  const advice = meant === undefined ? '' : ` mock-openai: the URL of a call begins with its session: ${meant}`;
  // `POST /v1` alone was an unknown URL, not an invalid one.
  if (path.startsWith('/v1/'))
    return {
      ...gatewayError(404, `Invalid URL (${method} ${path})${advice && `.${advice}`}`),
      unknownUrl: true,
      format: TWO_SPACES,
    };
  const message =
    `Unknown request URL: ${method} ${path}. Please check the URL for typos, ` +
    'or see the docs at https://platform.openai.com/docs/api-reference/.' +
    advice;
  return {
    status: 404,
    layer: 'gateway',
    unknownUrl: true,
    format: TWO_SPACES,
    error: {
      type: 'invalid_request_error',
      code: 'unknown_url',
      message,
      param: null,
    },
  };
}

const TWO_SPACES = { indent: 2, trailingNewline: false } as const;
