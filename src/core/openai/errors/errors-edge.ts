import type { Header } from '../../wire/effect.ts';
import type { ErrorAnswer, RawBody } from './error.ts';
import type { ErrorBody } from './error-body.ts';

/* Errors of Cloudflare's edge, which never reach OpenAI: no request id, no openai-* headers. */

/** How the edge writes an error: as a page, or as JSON for clients that accept it. */
export type EdgeFormat = 'html' | 'json';

/** wire.md 1.3, "country": key order code, message, param, type. */
export function unsupportedCountry(): ErrorAnswer {
  return edgeJson(403, {
    code: 'unsupported_country_region_territory',
    message: 'Country, region, or territory not supported',
    param: null,
    type: 'request_forbidden',
  });
}

/** wire.md 1.3, "413". */
export function payloadTooLarge(): ErrorAnswer {
  return nginxPage(413, '413 Request Entity Too Large');
}

/** wire.md 1.5, "502 JSON" (84 bytes) and "502 HTML". */
export function badGateway(format: EdgeFormat): ErrorAnswer {
  if (format === 'html') return nginxPage(502, '502 Bad Gateway');
  return uncached(
    edgeJson(502, {
      code: 502,
      message: 'Bad gateway.',
      param: null,
      type: 'cf_bad_gateway',
    }),
  );
}

/** wire.md 1.5, "503 text": what the proxy before the API says when it cannot reach it. */
export function serviceUnavailable(): ErrorAnswer {
  const body =
    'upstream connect error or disconnect/reset before headers. reset reason: connection failure, ' +
    'transport failure reason: delayed connect error: 111';
  return {
    status: 503,
    layer: 'edge',
    raw: { contentType: 'text/plain', body, message: body },
  };
}

/** wire.md 1.5, "504": no capture; the page of the 502 with nginx's words for 504. */
export function gatewayTimeout(): ErrorAnswer {
  return nginxPage(504, '504 Gateway Time-out');
}

/** Statuses with which Cloudflare tells that OpenAI gave no answer. */
export type CloudflareStatus = 520 | 522 | 524;

const CLOUDFLARE: Readonly<Record<CloudflareStatus, { readonly title: string; readonly json: ErrorBody }>> = {
  520: {
    title: 'Web server is returning an unknown error',
    json: {
      code: 520,
      message: 'Web server is returning an unknown error.',
      param: null,
      type: 'cf_unknown_error',
    },
  },
  522: {
    title: 'Connection timed out',
    json: {
      code: 522,
      message: 'Connection timed out.',
      param: null,
      type: 'cf_connection_timeout',
    },
  },
  524: {
    title: 'A timeout occurred',
    json: {
      code: 524,
      message: 'Gateway timeout.',
      param: null,
      type: 'cf_gateway_timeout',
    },
  },
};

/**
 * wire.md 1.5, "524 JSON" and "52x HTML". The page has the titles and the landmarks of Cloudflare's, not its full
 * length; the JSON of 520 and 522 is made after that of 524.
 */
export function cloudflareTimeout(status: CloudflareStatus, format: EdgeFormat): ErrorAnswer {
  const { title, json } = CLOUDFLARE[status];
  return format === 'json' ? uncached(edgeJson(status, json)) : { status, layer: 'edge', raw: cloudflarePage(status, title) };
}

function edgeJson(status: number, error: ErrorBody): ErrorAnswer {
  return { status, layer: 'edge', error };
}

/** wire.md 1.5, "502 JSON": headers by which Cloudflare keeps its own errors out of caches. */
function uncached(answer: ErrorAnswer): ErrorAnswer {
  const extra: Header[] = [
    ['x-frame-options', 'SAMEORIGIN'],
    ['referrer-policy', 'same-origin'],
    ['cache-control', 'private, max-age=0, no-store, no-cache, must-revalidate, post-check=0, pre-check=0'],
    ['expires', 'Thu, 01 Jan 1970 00:00:01 GMT'],
  ];
  return { ...answer, extra };
}

function nginxPage(status: number, title: string): ErrorAnswer {
  const body =
    `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n` +
    '<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n';
  return {
    status,
    layer: 'edge',
    raw: { contentType: 'text/html', body, message: title },
  };
}

function cloudflarePage(status: CloudflareStatus, title: string): RawBody {
  const body = `<!DOCTYPE html>
<html class="no-js" lang="en-US">
<head>
<title>api.openai.com | ${status}: ${title}</title>
<meta charset="UTF-8" />
<meta name="robots" content="noindex, nofollow" />
</head>
<body>
<div id="cf-wrapper">
<div id="cf-error-details">
<h1><span>${title}</span> <span>Error code ${status}</span></h1>
</div>
</div>
</body>
</html>
`;
  return { contentType: 'text/html; charset=UTF-8', body, message: title };
}
