/*
 * `npm pack` of a clone: builds what is packed. A clone that was never installed gets what the build needs first, so that
 * `npm pack path/to/the/clone` is enough.
 */
import { execSync } from 'node:child_process';
import { existsSync } from 'node:fs';

// Of `npm pack --dry-run`, a dry run would come to an install, too.
const env = { ...process.env, npm_config_dry_run: 'false', npm_config_json: 'false' };
// stdout is the list of what was packed.
const run = (command) => execSync(command, { stdio: ['ignore', 2, 2], env });

if (!existsSync('node_modules/typescript')) run('npm ci --ignore-scripts');
run('npm run --silent compile');
