/** What Python's `re` has and JavaScript has not: names of groups, flags, comments, what follows a condition. */
const PYTHON_ONLY = /\(\?(?:P<\w{1,100}>|P=\w{1,100}|[aiLmsux-]{1,14}:|[aiLmsux]{1,14}(?=\))|#[^)]{0,1000}|\(\w{1,100}\))/g;
/** What JavaScript has and `re` has not: properties of characters, and names of groups without a P. */
const JAVASCRIPT_ONLY = /\\[pP]\{|\(\?<[A-Za-z_]/;

/**
 * Whether Python can compile the expression, as far as JavaScript can tell: OpenAI has `pattern` checked as the format
 * `regex` by a library for Python (in public reports of 2026). In doubt it is taken.
 */
export function isPythonRegex(source: string): boolean {
  if (JAVASCRIPT_ONLY.test(source.replaceAll('\\\\', ''))) return false;
  try {
    new RegExp(source.replaceAll(PYTHON_ONLY, '(?:'));
    return true;
  } catch {
    return false;
  }
}
